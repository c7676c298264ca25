// The exponential function: against long double, at its limits, and the same bits wherever it is called.
#include <limits>
#include <random>
#include <vector>

#include "check.hpp"
#include "synloom/exp.hpp"

namespace synloom::test {

template <class Real>
void accurate(double low, double high) {
    std::mt19937_64 draw(7);
    std::uniform_real_distribution<double> wide(low, high), narrow(-3.0, 3.0);
    double worst = 0.0;
    for (int k = 0; k < 200000; ++k) {
        const Real x = Real(k % 2 ? wide(draw) : narrow(draw));
        const long double wanted = std::exp(static_cast<long double>(x));
        const double off = double(std::fabs((static_cast<long double>(exp(x)) - wanted) / wanted));
        worst = off > worst ? off : worst;
    }
    CHECK(worst < 2.0 * double(std::numeric_limits<Real>::epsilon()));
}

template <class Real>
void limits(Real largest, Real too_large, Real too_small) {
    using Limits = std::numeric_limits<Real>;
    CHECK(exp(Real(0)) == Real(1));
    CHECK(exp(-Real(0)) == Real(1));
    CHECK(std::isfinite(exp(largest)));
    CHECK(exp(too_large) == Limits::infinity());
    CHECK(exp(Limits::infinity()) == Limits::infinity());
    CHECK(exp(Limits::max()) == Limits::infinity());
    CHECK(exp(too_small) == Real(0));
    CHECK(exp(-Limits::infinity()) == Real(0));
    CHECK(exp(Limits::lowest()) == Real(0));
    CHECK(std::isnan(exp(Limits::quiet_NaN())));
    CHECK(std::isnan(exp(Limits::signaling_NaN())));
}

/// Loops of all lengths, in front of which there may be any number of elements.
template <class Real>
void alike() {
    std::vector<Real> x(67);
    std::mt19937 draw(3);
    std::uniform_real_distribution<double> any(-40.0, 40.0);
    for (Real& value : x) value = Real(any(draw));
    for (Index first = 0; first < 9; ++first) {
        for (Index n = 0; n + first <= Index(x.size()); ++n) {
            std::vector<Real> y(x.size());
            const Real* from = x.data() + first;
            Real* into = y.data() + first;
            each(n, [=](Index i) SYNLOOM_LAMBDA { into[i] = exp(from[i]); });
            bool same = true;
            for (Index i = 0; i < n; ++i) {
                volatile Real alone = from[i];
                const Real one = exp(Real(alone));
                same = same && check::same_bits(one, into[i]);
            }
            CHECK(same);
        }
    }
}

/// The last normal numbers are right, and what is below is 0.
template <class Real>
void small(Real last, Real below) {
    constexpr Real least = std::numeric_limits<Real>::min();
    CHECK(exp(last) >= least && exp(last) < Real(1.001) * least);
    CHECK(exp(below) == Real(0));
    for (Real x = last; x > Real(2) * last; x += last / Real(1000)) CHECK(exp(x) == Real(0) || exp(x) >= least);
}

}  // namespace synloom::test

int main() {
    using namespace synloom::test;
    accurate<double>(-700.0, 700.0);
    accurate<float>(-86.0, 88.0);
    limits(709.78, 709.783, -708.4);
    limits(88.72f, 88.73f, -87.34f);
    alike<double>();
    alike<float>();
    small(-708.396, -708.397);
    small(-87.3365f, -87.3366f);
    return check::summary();
}
