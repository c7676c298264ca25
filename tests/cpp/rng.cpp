// Threefry against the published vectors; uniform and normal numbers; what a number may and may not depend on.
#include <vector>

#include "check.hpp"
#include "synloom/distributions.hpp"

using namespace synloom;

namespace {

template <int Rounds>
void known_answer(Words counter, const std::uint32_t (&key)[4], Words wanted) {
    const Stream s = stream(key[0] | std::uint64_t(key[1]) << 32, key[2], key[3]);
    const Words got = threefry<Rounds>(counter, s.key);
    CHECK(got.a == wanted.a && got.b == wanted.b && got.c == wanted.c && got.d == wanted.d);
}

/// Of the distribution of Random123 (kat_vectors, threefry4x32).
void known_answers() {
    constexpr std::uint32_t ones = 0xffffffff;
    const Words zero{0, 0, 0, 0}, all{ones, ones, ones, ones};
    const Words pi{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
    const std::uint32_t zero_key[4] = {0, 0, 0, 0}, all_key[4] = {ones, ones, ones, ones};
    const std::uint32_t pi_key[4] = {0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89};
    known_answer<20>(zero, zero_key, {0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8});
    known_answer<20>(all, all_key, {0x2a881696, 0x57012287, 0xf6c7446e, 0xa16a6732});
    known_answer<20>(pi, pi_key, {0x59cd1dbb, 0xb8879579, 0x86b5d00c, 0xac8b6d84});
    known_answer<72>(zero, zero_key, {0x93171da6, 0x9220326d, 0xb392b7b1, 0xff58a002});
    known_answer<72>(all, all_key, {0x60743f3d, 0x9961e684, 0xaab21c34, 0x8c65fb7d});
    known_answer<72>(pi, pi_key, {0x09930adf, 0x7f27bd55, 0x9ed68ce1, 0x97f803f6});
}

template <class Real>
Real uniform(const Stream& s, Index step, Index rank) {
    return draw(s, step, rank, Uniform<Real>{0, 1});
}

template <class Real>
Real normal(const Stream& s, Index step, Index rank) {
    return draw(s, step, rank, Normal<Real>{0, 1});
}

template <class Real>
std::vector<Real> uniform_block(const Stream& s, Index step, Index first, Index n) {
    std::vector<Real> out(static_cast<std::size_t>(n));
    fill(s, step, first, n, out.data(), Uniform<Real>{0, 1});
    return out;
}

template <class Real>
std::vector<Real> normal_block(const Stream& s, Index step, Index first, Index n) {
    std::vector<Real> out(static_cast<std::size_t>(n));
    fill(s, step, first, n, out.data(), Normal<Real>{0, 1});
    return out;
}

/// Whatever the block, its number at a rank is the number of that rank.
template <class Real>
void blocks() {
    const Stream s = stream(0x123456789abcdefull, 7, 2);
    const Index step = (Index(1) << 33) + 5;
    const std::vector<Real> all = uniform_block<Real>(s, step, 0, 200), normal_all = normal_block<Real>(s, step, 0, 200);
    for (Index first : {0, 1, 15, 16, 17, 31, 32, 33, 64, 100})
        for (Index n : {0, 1, 2, 15, 16, 17, 32, 47, 100}) {
            const std::vector<Real> u = uniform_block<Real>(s, step, first, n), z = normal_block<Real>(s, step, first, n);
            for (Index k = 0; k < n; ++k) {
                const auto here = static_cast<std::size_t>(k), there = static_cast<std::size_t>(first + k);
                CHECK(check::same_bits(u[here], all[there]));
                CHECK(check::same_bits(z[here], normal_all[there]));
            }
        }
    for (Index k = 0; k < 200; ++k) {
        CHECK(check::same_bits(uniform<Real>(s, step, k), all[static_cast<std::size_t>(k)]));
        CHECK(check::same_bits(normal<Real>(s, step, k), normal_all[static_cast<std::size_t>(k)]));
    }
    const Index far = (Index(1) << 36) + 3;  // the number of the call needs more than 32 bits
    CHECK(check::same_bits(uniform<Real>(s, step, far), uniform_block<Real>(s, step, far, 1)[0]));
    CHECK(uniform<Real>(s, step, far) != uniform<Real>(s, step, 3));
}

struct Moments {
    double mean = 0, variance = 0, third = 0, fourth = 0;
};

template <class Real>
Moments moments(const std::vector<Real>& v) {
    Moments m;
    const double n = double(v.size());
    for (Real x : v) m.mean += double(x) / n;
    for (Real x : v) {
        const double d = double(x) - m.mean;
        m.variance += d * d / n, m.third += d * d * d / n, m.fourth += d * d * d * d / n;
    }
    return m;
}

template <class Real>
double correlation(const std::vector<Real>& a, const std::vector<Real>& b) {
    const Moments p = moments(a), q = moments(b);
    double sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k) sum += (double(a[k]) - p.mean) * (double(b[k]) - q.mean);
    return sum / double(a.size()) / std::sqrt(p.variance * q.variance);
}

template <class Real>
void distributions() {
    constexpr Index n = 200000;
    const Stream s = stream(42, 3, 1);
    const double error = 4 / std::sqrt(double(n));  // four standard deviations of a mean of variance 1

    const std::vector<Real> u = uniform_block<Real>(s, 10, 0, n);
    const Moments uniform = moments(u);
    CHECK(std::fabs(uniform.mean - 0.5) < error * 0.2887);
    CHECK(std::fabs(uniform.variance - 1.0 / 12) < error * 0.0745);
    std::vector<long> bins(20, 0);
    for (Real x : u) {
        CHECK(x >= 0 && x < 1);
        ++bins[static_cast<std::size_t>(double(x) * 20)];
    }
    double chi = 0;
    for (long b : bins) chi += (double(b) - n / 20.0) * (double(b) - n / 20.0) / (n / 20.0);
    CHECK(chi < 43.8);  // 19 degrees of freedom, p = 0.001

    const std::vector<Real> z = normal_block<Real>(s, 10, 0, n);
    const Moments normal = moments(z);
    CHECK(std::fabs(normal.mean) < error);
    CHECK(std::fabs(normal.variance - 1) < error * 1.4143);
    CHECK(std::fabs(normal.third) < error * 3.873);
    CHECK(std::fabs(normal.fourth - 3) < error * 9.798);
    long beyond = 0;
    for (Real x : z) {
        CHECK(std::isfinite(x));
        beyond += std::fabs(x) > Real(1.959963985);
    }
    CHECK(std::fabs(double(beyond) / n - 0.05) < error * 0.218);

    // Independent of each other: steps, seeds, objects, sites, neighbours, the two normals of a pair
    for (const Stream& other : {stream(43, 3, 1), stream(42 + (1ull << 32), 3, 1), stream(42, 4, 1), stream(42, 3, 2)})
        CHECK(std::fabs(correlation(u, uniform_block<Real>(other, 10, 0, n))) < error);
    CHECK(std::fabs(correlation(u, uniform_block<Real>(s, 11, 0, n))) < error);
    for (Index lag : {1, 2, 8, 16, 24}) {
        CHECK(std::fabs(correlation(u, uniform_block<Real>(s, 10, lag, n))) < error);
        CHECK(std::fabs(correlation(z, normal_block<Real>(s, 10, lag, n))) < error);
    }
}

/// A stored network goes on with the numbers it would have drawn: these must never change.
void pinned() {
    const Stream s = stream(2024, 5, 1);
    const double wanted[] = {0x1.1c07993d7d778p-1, 0x1.dab940e478022p-1, 0x1.708b26ec82e71p-1, 0x1.226abdc9d0150p-1};
    const float wanted_single[] = {0x1.1c07980000000p-1f, 0x1.dab9400000000p-1f, 0x1.ebebbc0000000p-1f, 0x1.017b340000000p-1f};
    const Index ranks[] = {0, 1, 8, 17};
    for (int k = 0; k < 4; ++k) {
        CHECK(uniform<double>(s, 1000, ranks[k]) == wanted[k]);
        CHECK(uniform<float>(s, 1000, ranks[k]) == wanted_single[k]);
    }
}

}  // namespace

int main() {
    known_answers();
    blocks<double>();
    blocks<float>();
    distributions<double>();
    distributions<float>();
    pinned();
    return check::summary();
}
