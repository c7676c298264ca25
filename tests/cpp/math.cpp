// Built-in functions on the test vector of the model language, and the vector forms against the scalar ones.
#include <limits>
#include <random>
#include <vector>

#include "check.hpp"
#include "synloom/math.hpp"

namespace synloom::test {

constexpr int COUNT = 8;
constexpr double V[COUNT] = {-2.7, -1.0, -0.3, 0.0, 0.3, 1.0, 2.5, 7.0};

/// One row of the table: a function of v and its eight results, to the six decimals of the table.
template <class Real, class Function>
void row(Function f, const double (&wanted)[COUNT], int line) {
    for (int k = 0; k < COUNT; ++k) {
        const double got = double(f(Real(V[k])));
        const bool held = std::fabs(got - wanted[k]) <= 6e-7 * (1 + std::fabs(wanted[k]));
        check::report(held, "math.cpp", line, "row of the table");
    }
}

#define ROW(expression, ...) \
    row<Real>([](Real v) { return Real(expression); }, {__VA_ARGS__}, __LINE__)

template <class Real>
void table() {
    ROW(pos(v), 0, 0, 0, 0, 0.3, 1, 2.5, 7);
    ROW(positive(v), 0, 0, 0, 0, 0.3, 1, 2.5, 7);
    ROW(neg(v), -2.7, -1, -0.3, 0, 0, 0, 0, 0);
    ROW(negative(v), -2.7, -1, -0.3, 0, 0, 0, 0, 0);
    ROW(pos(v - 1) + 2 * neg(v + 1), -3.4, 0, 0, 0, 0, 0, 1.5, 6);
    ROW(clip(v, -1, 1), -1, -1, -0.3, 0, 0.3, 1, 1, 1);
    ROW(clip(v, 1, -1), 1, 1, 1, 1, 1, -1, -1, -1);
    ROW(modulo(v, 2), 0, -1, 0, 0, 0, 1, 0, 1);
    ROW(1 + modulo(v, 4), -1, 0, 1, 1, 1, 2, 3, 4);
    ROW(2 * modulo(v, 4), -4, -2, 0, 0, 0, 2, 4, 6);
    ROW(power(v, 3), -19.683, -1, -0.027, 0, 0.027, 1, 15.625, 343);
    ROW(pow(v, Real(3)), -19.683, -1, -0.027, 0, 0.027, 1, 15.625, 343);
    ROW(-power(v, 2), -7.29, -1, -0.09, 0, -0.09, -1, -6.25, -49);
    ROW(pow(Real(2), power(v, 2)), 156.497956, 2, 1.06437018, 1, 1.06437018, 2, 76.109255, 562949953421312.0);
    ROW(round(v), -3, -1, 0, 0, 0, 1, 3, 7);
    ROW(floor(v), -3, -1, -1, 0, 0, 1, 2, 7);
    ROW(ceil(v), -2, -1, 0, 0, 1, 1, 3, 7);
    ROW(floor_div(v, 2), -2, -1, -1, 0, 0, 0, 1, 3);
    ROW(sign(v), -1, -1, -1, 0, 1, 1, 1, 1);
    ROW(Heaviside(v), 0, 0, 0, 0.5, 1, 1, 1, 1);
    ROW(log(fabs(v) + 1), 1.308333, 0.693147, 0.262364, 0, 0.262364, 0.693147, 1.252763, 2.079442);
    ROW(ln(abs(v) + 1), 1.308333, 0.693147, 0.262364, 0, 0.262364, 0.693147, 1.252763, 2.079442);
    ROW(max(v, 0.5), 0.5, 0.5, 0.5, 0.5, 0.5, 1, 2.5, 7);
    ROW(min(v, 0.5), -2.7, -1, -0.3, 0, 0.3, 0.5, 0.5, 0.5);
    ROW(max(v, 0.5, Real(2)), 2, 2, 2, 2, 2, 2, 2.5, 7);
    ROW(min(v, 0.5, Real(0), Real(-1)), -2.7, -1, -1, -1, -1, -1, -1, -1);
    ROW(1 / (1 + exp(-v)), 0.062973, 0.268941, 0.425557, 0.5, 0.574443, 0.731059, 0.924142, 0.999089);
    ROW(cos(Real(3.14159265358979) * v), -0.587785, -1, 0.587785, 1, 0.587785, -1, 0, -1);
    ROW(atan2(v, Real(1)), -1.216091, -0.785398, -0.291457, 0, 0.291457, 0.785398, 1.190290, 1.428899);
    ROW(remainder(v, 2), -0.7, -1, -0.3, 0, 0.3, 1, 0.5, 1);
    CHECK_NEAR(log10(Real(100)), 2, 1e-6);
    CHECK_NEAR(log2(Real(8)), 3, 1e-6);
    CHECK_NEAR(ln(Real(2)), 0.693147180559945, 1e-6);
    CHECK_NEAR(sqrt(Real(2)), 1.4142135623730951, 1e-6);
}

template <class Real>
void edges() {
    const Real nan = std::numeric_limits<Real>::quiet_NaN(), inf = std::numeric_limits<Real>::infinity();
    CHECK(pos(nan) == 0 && neg(nan) == 0);
    CHECK(pos(inf) == inf && neg(-inf) == -inf);
    CHECK(std::isnan(clip(nan, -1, 1)));
    CHECK(clip(inf, -1, 1) == 1 && clip(-inf, -1, 1) == -1);
    CHECK(std::isnan(sign(nan)) && std::isnan(Heaviside(nan)));
    CHECK(sign(inf) == 1 && sign(-inf) == -1 && !std::signbit(sign(Real(-0.0))));
    CHECK(isnan(nan) == 1 && isnan(inf) == 0 && isnan(Real(1)) == 0);
    CHECK(isfinite(nan) == 0 && isfinite(-inf) == 0 && isfinite(Real(-1)) == 1);
    CHECK(isfinite(std::numeric_limits<Real>::max()) == 1);
    CHECK(std::isnan(min(nan, 1)) && std::isnan(min(Real(1), nan)) && std::isnan(max(nan, 1)));
    CHECK(std::isnan(max(Real(1), nan)) && std::isnan(max(Real(1), nan, Real(2))));
    CHECK(max(-inf, 3) == 3 && min(inf, 3) == 3);

    // modulo: whole numbers of 64 bits, a zero divisor, no negative zero
    CHECK(std::isnan(modulo(Real(3), 0)) && std::isnan(modulo(Real(3), 0.5)));
    CHECK(!std::signbit(modulo(Real(-4), 2)) && !std::signbit(modulo(Real(-0.3), 2)));
    CHECK(modulo(Real(-7), -4) == -3 && modulo(Real(7), -4) == 3);
    CHECK(modulo(Real(9007199254740992.0), 10) == 2);

    // power: any whole exponent
    CHECK(power(Real(3), 0) == 1 && power(Real(0), 0) == 1 && power(nan, 0) == 1);
    CHECK_NEAR(power(Real(2), -3), 0.125, 1e-15);
    CHECK(power(Real(0), -1) == inf && power(Real(-2), -1) == Real(-0.5));
    volatile int k = 5, minus = -2;
    volatile long long most = std::numeric_limits<long long>::min();
    CHECK(power(Real(-2), int(k)) == -32 && power(Real(4), int(minus)) == Real(0.0625));
    CHECK(power(Real(1), static_cast<long long>(most)) == 1 && power(Real(2), static_cast<long long>(most)) == 0);
    CHECK_NEAR(power(Real(1.1), 10), power(Real(1.1), int(k)) * power(Real(1.1), int(k)), 1e-5);
    CHECK_NEAR(power(Real(4), Real(0.5)), 2, 1e-15);

    // round: halves away from zero, and the numbers around them
    for (int n = -9; n < 9; ++n) {
        const Real half = Real(n) + Real(0.5);
        CHECK(round(half) == (n < 0 ? Real(n) : Real(n + 1)));
        const Real under = std::nextafter(half, Real(0)), over = std::nextafter(half, n < 0 ? -inf : inf);
        CHECK(round(under) == std::round(under) && round(over) == std::round(over));
    }
    const Real large = Real(std::int64_t(1) << (std::numeric_limits<Real>::digits - 1));
    for (Real x : {large - 1, large - Real(0.5), large, large + 1, 2 * large + 2, 4 * large, -large + Real(0.5)})
        CHECK(round(x) == std::round(x));
    CHECK(round(inf) == inf && std::isnan(round(nan)));
}

/// Each function over a whole array, through whatever vector form the compiler has, against <cmath>.
template <class Real, class Ours, class Theirs>
void vectors(Ours ours, Theirs theirs, double low, double high, double ulps, const char* name) {
    const Real nan = std::numeric_limits<Real>::quiet_NaN(), inf = std::numeric_limits<Real>::infinity();
    std::mt19937 engine(7);
    std::uniform_real_distribution<double> draw(low, high);
    for (Index n : {0, 1, 3, 67, 1000}) {
        std::vector<Real> x(static_cast<std::size_t>(n)), y(x.size(), Real(77));
        for (Real& v : x) v = Real(draw(engine));
        const Real special[] = {nan, inf, -inf, Real(0), std::numeric_limits<Real>::denorm_min(),
                                std::numeric_limits<Real>::max(), std::numeric_limits<Real>::lowest()};
        if (n > 60)
            for (std::size_t k = 0; k < 7; ++k) x[5 + 7 * k] = special[k];
        const Real* from = x.data();
        Real* into = y.data();
        each(n, [=](Index i) { into[i] = ours(from[i]); });
        for (std::size_t k = 0; k < x.size(); ++k) {
            // The trigonometric functions of huge arguments are out of anybody's interest.
            if (std::fabs(x[k]) > Real(1e30) && high > 50) continue;
            const double wanted = double(theirs(x[k])), eps = double(std::numeric_limits<Real>::epsilon());
            check::report_near(double(y[k]), wanted, ulps * eps, "math.cpp", int(k), name);
        }
    }
}

#define VECTORS(name, low, high) \
    vectors<Real>([](Real v) { return synloom::name(v); }, [](Real v) { return Real(std::name(v)); }, low, high, 8, #name)

template <class Real>
void all_vectors() {
    VECTORS(exp, -30, 30);
    VECTORS(log, 1e-3, 40);
    VECTORS(log10, 1e-3, 40);
    VECTORS(log2, 1e-3, 40);
    VECTORS(sqrt, 0, 40);
    VECTORS(sin, -60, 60);
    VECTORS(cos, -60, 60);
    VECTORS(tan, -60, 60);
    VECTORS(asin, -1, 1);
    VECTORS(acos, -1, 1);
    VECTORS(atan, -40, 40);
    VECTORS(sinh, -40, 40);
    VECTORS(cosh, -40, 40);
    VECTORS(tanh, -10, 10);
    VECTORS(asinh, -40, 40);
    VECTORS(acosh, 1, 40);
    VECTORS(atanh, -1, 1);
    VECTORS(fabs, -10, 10);
    VECTORS(floor, -10, 10);
    VECTORS(ceil, -10, 10);
    VECTORS(round, -10, 10);
    vectors<Real>([](Real v) { return synloom::pow(v, Real(1.7)); }, [](Real v) { return std::pow(v, Real(1.7)); }, 0, 40,
                  8, "pow");
    vectors<Real>([](Real v) { return synloom::pow(v, Real(3)); }, [](Real v) { return std::pow(v, Real(3)); }, -40, 40, 8,
                  "pow of a negative number");
    vectors<Real>([](Real v) { return synloom::atan2(v, Real(-2)); }, [](Real v) { return std::atan2(v, Real(-2)); }, -40,
                  40, 8, "atan2");
}

}  // namespace synloom::test

int main() {
    using namespace synloom::test;
    table<double>();
    table<float>();
    edges<double>();
    edges<float>();
    all_vectors<double>();
    all_vectors<float>();
    return check::summary();
}
