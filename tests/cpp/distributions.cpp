// Distributions: moments, shapes and ranges; the same bits alone, in blocks and before a loop; numbers never change.
#include <algorithm>
#include <vector>

#include "check.hpp"
#include "synloom/draws.hpp"

using namespace synloom;

namespace {

constexpr Index N = 200000;
const Stream STREAM = stream(42, 3, 1);
const double ERROR = 4 / std::sqrt(double(N));  // four standard deviations of a mean of variance 1

template <class Real, template <class> class Distribution>
std::vector<Real> block(const Distribution<Real>& of, Index n = N, Index first = 0) {
    std::vector<Real> out(static_cast<std::size_t>(n));
    fill(STREAM, 10, first, n, out.data(), of);
    return out;
}

/// Mean and variance within four standard errors; kurtosis is the fourth moment in units of the squared variance.
template <class Real>
void moments(const std::vector<Real>& v, double mean, double variance, double kurtosis) {
    double first = 0, second = 0;
    for (Real x : v) first += double(x) / double(N);
    for (Real x : v) second += (double(x) - mean) * (double(x) - mean) / double(N);
    CHECK(std::fabs(first - mean) < ERROR * std::sqrt(variance));
    // A fair coin's squared deviations are all alike: their mean differs by the mean's own error, squared, only.
    CHECK(std::fabs(second - variance) < variance * (ERROR * std::sqrt(kurtosis - 1) + ERROR * ERROR));
}

template <class Real>
bool within(const std::vector<Real>& v, double low, double high) {
    return std::all_of(v.begin(), v.end(), [=](Real x) { return double(x) >= low && double(x) <= high; });
}

template <class Real>
bool whole(const std::vector<Real>& v) {
    return std::all_of(v.begin(), v.end(), [](Real x) { return x == std::floor(x); });
}

/// The largest distance between the distribution function of a sample and the true one (Kolmogorov).
template <class Real, class Below>
double distance(std::vector<Real> v, Below below) {
    std::sort(v.begin(), v.end());
    double largest = 0;
    for (std::size_t k = 0; k < v.size(); ++k) {
        const double wanted = below(double(v[k])), n = double(v.size());
        largest = std::max({largest, std::fabs(wanted - double(k) / n), std::fabs(wanted - double(k + 1) / n)});
    }
    return largest;
}
const double KOLMOGOROV = 1.95 / std::sqrt(double(N));  // p = 0.001

template <class Real>
void continuous() {
    const auto uniform = block(Uniform<Real>{-1, 3});
    moments(uniform, 1, 16.0 / 12, 1.8);
    CHECK(within(uniform, -1, 3) && *std::max_element(uniform.begin(), uniform.end()) < 3);
    CHECK(distance(uniform, [](double x) { return (x + 1) / 4; }) < KOLMOGOROV);

    moments(block(Normal<Real>{2, 0.5}), 2, 0.25, 3);
    const auto normal = block(Normal<Real>{0, 1});
    CHECK(distance(normal, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }) < KOLMOGOROV);

    const auto skewed = block(LogNormal<Real>{0, 0.5});
    const double e = std::exp(0.25);
    moments(skewed, std::exp(0.125), (e - 1) * e, e * e * e * e + 2 * e * e * e + 3 * e * e - 3);
    CHECK(within(skewed, 1e-30, 1e30));
    CHECK(distance(skewed, [](double x) { return 0.5 * std::erfc(-std::log(x) * std::sqrt(2.0)); }) < KOLMOGOROV);

    const auto waiting = block(Exponential<Real>{2});
    moments(waiting, 0.5, 0.25, 9);
    CHECK(within(waiting, 0, 1e30));
    CHECK(distance(waiting, [](double x) { return 1 - std::exp(-2 * x); }) < KOLMOGOROV);
}

template <class Real>
void gammas() {
    for (double alpha : {0.1, 0.5, 1.0, 2.0, 4.5, 100.0}) {
        const auto v = block(Gamma<Real>{Real(alpha), 3});
        moments(v, alpha * 3, alpha * 9, 3 + 6 / alpha);
        CHECK(within(v, alpha < 0.2 ? 0 : 1e-300, 1e30));
    }
    CHECK(distance(block(Gamma<Real>{1, 1}), [](double x) { return 1 - std::exp(-x); }) < KOLMOGOROV);
    CHECK(distance(block(Gamma<Real>{0.5, 2}), [](double x) { return std::erf(std::sqrt(x / 2)); }) < KOLMOGOROV);
    const auto three = [](double x) { return 1 - std::exp(-x) * (1 + x + x * x / 2); };
    CHECK(distance(block(Gamma<Real>{3, 1}), three) < KOLMOGOROV);
    CHECK(within(block(Gamma<Real>{0, 1}, 10), 0, 0));
    CHECK(std::isnan(block(Gamma<Real>{-1, 1}, 1)[0]));
}

/// Chi-square of the counts of 0, ..., n against the probabilities, those below five expected counts put together.
template <class Real>
double excess(const std::vector<Real>& v, double n, double p) {
    std::vector<double> counts(static_cast<std::size_t>(n) + 1, 0);
    for (Real x : v) ++counts[static_cast<std::size_t>(x)];
    double chi = 0, bins = 0, rest = 0, rest_wanted = 0;
    for (double k = 0; k <= n; ++k) {
        const double log_wanted = std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(p) +
                                  (n - k) * std::log1p(-p);
        const double wanted = double(N) * std::exp(log_wanted), found = counts[static_cast<std::size_t>(k)];
        if (wanted < 5) {
            rest += found, rest_wanted += wanted;
        } else {
            chi += (found - wanted) * (found - wanted) / wanted, ++bins;
        }
    }
    if (rest_wanted > 5) chi += (rest - rest_wanted) * (rest - rest_wanted) / rest_wanted, ++bins;
    return (chi - (bins - 1)) / std::sqrt(2 * (bins - 1));
}

template <class Real>
void discrete() {
    const auto dice = block(DiscreteUniform<Real>{1, 6});
    moments(dice, 3.5, 35.0 / 12, 1.7314);
    CHECK(within(dice, 1, 6) && whole(dice));
    for (int side = 1; side <= 6; ++side) {
        const double share = double(std::count(dice.begin(), dice.end(), Real(side))) / double(N);
        CHECK(std::fabs(share - 1.0 / 6) < ERROR * 0.3727);
    }
    CHECK(within(block(DiscreteUniform<Real>{0.5, 1.5}, 100), 1, 1));
    CHECK(std::isnan(block(DiscreteUniform<Real>{0.2, 0.8}, 1)[0]));
    CHECK(std::isnan(block(DiscreteUniform<Real>{6, 1}, 1)[0]));

    for (double p : {0.001, 0.3, 0.5, 0.7, 0.95})
        for (double n : {1.0, 10.0, 19.0, 40.0, 300.0, 5000.0}) {
            const auto v = block(Binomial<Real>{Real(n), Real(p)});
            const double q = 1 - double(Real(p)), variance = n * double(Real(p)) * q;
            moments(v, n * double(Real(p)), variance, 3 + (1 - 6 * q * (1 - q)) / variance);
            CHECK(within(v, 0, n) && whole(v));
            CHECK(excess(v, n, double(Real(p))) < 4);
        }
    CHECK(within(block(Binomial<Real>{7, 1}, 100), 7, 7));
    CHECK(within(block(Binomial<Real>{7, 0}, 100), 0, 0));
    CHECK(within(block(Binomial<Real>{0, 0.5}, 100), 0, 0));
    CHECK(within(block(Binomial<Real>{Real(7.9), 1}, 100), 7, 7));
    CHECK(std::isnan(block(Binomial<Real>{-1, 0.5}, 1)[0]));
    CHECK(std::isnan(block(Binomial<Real>{5, Real(1.5)}, 1)[0]));
}

/// A width of zero, and limits between which rounding could reach the upper one, from either side.
template <class Real>
void narrow() {
    CHECK(within(block(Uniform<Real>{2, 2}, 100), 2, 2));
    const Real next = std::nextafter(Real(1), Real(2));
    CHECK(within(block(Uniform<Real>{1, next}, 1000), 1, 1));
    CHECK(within(block(Uniform<Real>{next, 1}, 1000), double(next), double(next)));
    CHECK(within(block(Normal<Real>{3, 0}, 100), 3, 3));
    const auto falling = block(Uniform<Real>{3, -1});
    moments(falling, 1, 16.0 / 12, 1.8);
    CHECK(*std::min_element(falling.begin(), falling.end()) > -1);
}

template <class Real, template <class> class Distribution>
void same_bits_everywhere(const Distribution<Real>& of) {
    const auto all = block(of, 1300);
    for (Index first : {0, 1, 15, 33, 511, 513})
        for (Index n : {0, 1, 16, 17, 64, 700}) {
            const auto part = block(of, n, first);
            for (Index k = 0; k < n; ++k)
                CHECK(check::same_bits(part[std::size_t(k)], all[std::size_t(first + k)]));
        }
    const std::int64_t state[] = {42, 10};
    const Draws<Real> draws(state, 3);
    std::vector<Real> looped(1300);
    Real* out = looped.data();
    const auto ahead = [=](const Block<Real>& some) {
        draws.fill(7, some, 0, Normal<Real>{0, 1});
        draws.fill(1, some, 1, of);
    };
    each_drawn<2, Real>(1300, ahead, [=](Index i, const Drawn<Real>& drawn) { out[i] = drawn(1); });
    for (Index k = 0; k < 1300; ++k) {
        CHECK(check::same_bits(draws(1, k, of), all[std::size_t(k)]));
        CHECK(check::same_bits(looped[std::size_t(k)], all[std::size_t(k)]));
    }
    const Index far = synapse_element(2147483647, 2147483646);
    CHECK(check::same_bits(draws(1, far, of), block(of, 1, far)[0]));
}

template <class Real>
void everywhere() {
    same_bits_everywhere(Uniform<Real>{-1, 3});
    same_bits_everywhere(DiscreteUniform<Real>{1, 1000});
    same_bits_everywhere(Normal<Real>{Real(0.3), Real(1.7)});
    same_bits_everywhere(LogNormal<Real>{Real(0.3), Real(0.7)});
    same_bits_everywhere(Exponential<Real>{Real(0.3)});
    same_bits_everywhere(Gamma<Real>{Real(0.3), Real(1.7)});
    same_bits_everywhere(Gamma<Real>{Real(2.5), Real(1.7)});
    same_bits_everywhere(Binomial<Real>{30, Real(0.1)});
    same_bits_everywhere(Binomial<Real>{300, Real(0.6)});
}

/// Elements, sites, objects and steps have numbers of their own; so have pairs that share a neuron.
void apart() {
    const std::int64_t state[] = {42, 10}, later[] = {42, 11}, reseeded[] = {43, 10};
    const Draws<double> draws(state, 3);
    const Gamma<double> of{0.5, 1};
    const double here = draws(1, synapse_element(4, 5), of);
    CHECK(here == Draws<double>(state, 3)(1, synapse_element(4, 5), of));
    for (double there : {draws(1, synapse_element(5, 4), of), draws(1, synapse_element(4, 6), of), draws(1, 5, of),
                         draws(2, synapse_element(4, 5), of), Draws<double>(state, 4)(1, synapse_element(4, 5), of),
                         Draws<double>(later, 3)(1, synapse_element(4, 5), of),
                         Draws<double>(reseeded, 3)(1, synapse_element(4, 5), of)})
        CHECK(there != here);
    CHECK(branch(STREAM, 0).key[3] == STREAM.key[3]);
    const Stream other = branch(STREAM, 5), spelled = stream(42, 3, 1 | 5 << 16);
    CHECK(std::equal(other.key, other.key + 5, spelled.key));
}

/// A stored network goes on with the numbers it would have drawn: these must never change.
void pinned() {
    const Stream s = stream(2024, 5, 1);
    const auto near = [&s](const auto& of, Index rank, double wanted) {
        CHECK_NEAR(draw(s, 1000, rank, of), wanted, 1e-12);
    };
    near(Uniform<double>{-1, 3}, 0, 1.2189818907017376);
    near(DiscreteUniform<double>{1, 6}, 8, 5);
    near(Normal<double>{2, 0.5}, 17, 2.5898118019541103);
    near(LogNormal<double>{0, 0.5}, 1, 0.31842902443472459);
    near(Exponential<double>{2}, 8, 0.63614660430917502);
    near(Gamma<double>{2, 3}, 0, 4.1274226178130249);
    near(Gamma<double>{0.5, 1}, 1, 0.0093839999500543708);
    near(Binomial<double>{10, 0.3}, 0, 3);
    near(Binomial<double>{1000, 0.7}, 17, 702);
}

}  // namespace

int main() {
    continuous<double>();
    continuous<float>();
    gammas<double>();
    gammas<float>();
    discrete<double>();
    discrete<float>();
    narrow<double>();
    narrow<float>();
    everywhere<double>();
    everywhere<float>();
    apart();
    pinned();
    return check::summary();
}
