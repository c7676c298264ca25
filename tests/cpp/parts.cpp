// Functions of the equation language, delay lines, recorders, global operations and random streams.
#include <limits>
#include <vector>

#include "check.hpp"
#include "synloom/delays.hpp"
#include "synloom/math.hpp"
#include "synloom/record.hpp"
#include "synloom/reduce.hpp"
#include "synloom/rng.hpp"
#include "synloom/step.hpp"

namespace synloom {
namespace {

constexpr double V[8] = {-2.7, -1.0, -0.3, 0.0, 0.3, 1.0, 2.5, 7.0};

template <class Real, class Function>
void expect(const double (&wanted)[8], Function function) {
    // The table prints six decimals.
    for (int i = 0; i < 8; ++i) CHECK_NEAR(function(Real(V[i])), wanted[i], 1e-5);
}

// The rows of the specification's table of expressions (01, section 15).
template <class Real>
void functions() {
    expect<Real>({0, 0, 0, 0, 0.3, 1, 2.5, 7}, [](Real v) { return pos(v); });
    expect<Real>({-2.7, -1, -0.3, 0, 0, 0, 0, 0}, [](Real v) { return neg(v); });
    expect<Real>({-1, -1, -0.3, 0, 0.3, 1, 1, 1}, [](Real v) { return clip(v, Real(-1), Real(1)); });
    expect<Real>({1, 1, 1, 1, 1, -1, -1, -1}, [](Real v) { return clip(v, Real(1), Real(-1)); });
    expect<Real>({0, -1, 0, 0, 0, 1, 0, 1}, [](Real v) { return modulo(v, Real(2)); });
    expect<Real>({-19.683, -1, -0.027, 0, 0.027, 1, 15.625, 343}, [](Real v) { return power(v, 3); });
    expect<Real>({-3, -1, 0, 0, 0, 1, 3, 7}, [](Real v) { return round(v); });
    expect<Real>({-3, -1, -1, 0, 0, 1, 2, 7}, [](Real v) { return floor(v); });
    expect<Real>({-2, -1, 0, 0, 1, 1, 3, 7}, [](Real v) { return ceil(v); });
    expect<Real>({-2, -1, -1, 0, 0, 0, 1, 3}, [](Real v) { return floor_div(v, Real(2)); });
    expect<Real>({-1, -1, -1, 0, 1, 1, 1, 1}, [](Real v) { return sign(v); });
    expect<Real>({0, 0, 0, 0.5, 1, 1, 1, 1}, [](Real v) { return Heaviside(v); });
    expect<Real>({1.308333, 0.693147, 0.262364, 0, 0.262364, 0.693147, 1.252763, 2.079442},
                 [](Real v) { return ln(abs(v) + Real(1)); });
    expect<Real>({0.5, 0.5, 0.5, 0.5, 0.5, 1, 2.5, 7}, [](Real v) { return max(v, Real(0.5)); });
    expect<Real>({-2.7, -1, -0.3, 0, 0.3, 0.5, 0.5, 0.5}, [](Real v) { return min(v, Real(0.5)); });
    expect<Real>({0.062973, 0.268941, 0.425557, 0.5, 0.574443, 0.731059, 0.924142, 0.999089},
                 [](Real v) { return Real(1) / (Real(1) + exp(-v)); });
    expect<Real>({-1.216091, -0.785398, -0.291457, 0, 0.291457, 0.785398, 1.19029, 1.428899},
                 [](Real v) { return atan2(v, Real(1)); });
    CHECK_NEAR(power(Real(2), -2), 0.25, 1e-12);
    CHECK_NEAR(power(Real(3), 0), 1.0, 1e-12);
    CHECK_NEAR(remainder(Real(-7.5), Real(2)), -1.5, 1e-12);
    CHECK_NEAR(round(Real(2.5)), 3.0, 1e-12);
    CHECK_NEAR(round(Real(-2.5)), -3.0, 1e-12);
}

// A vectorised loop gives what the scalar function gives.
template <class Real>
void vectorised() {
    std::vector<Real> x(1000), y(1000);
    for (int i = 0; i < 1000; ++i) x[std::size_t(i)] = Real(i - 500) / Real(50);
    const Real* from = x.data();
    Real* into = y.data();
    each(1000, [=](Index i) SYNLOOM_LAMBDA { into[i] = exp(from[i]); });
    for (int i = 0; i < 1000; ++i)
        CHECK_NEAR(y[std::size_t(i)], std::exp(double(x[std::size_t(i)])), sizeof(Real) == 8 ? 1e-14 : 1e-6);
}

void delay_lines() {
    constexpr Index neurons = 3, length = 4;
    double ring[neurons * length] = {};
    std::int64_t head = 0;
    for (int step = 1; step <= 11; ++step) {
        const float values[neurons] = {float(step), float(10 * step), float(100 * step)};
        push(ring, neurons, length, head, values);
        const DelayLine<double> line{ring, neurons, length, head};
        for (Index age = 0; age < length; ++age) {
            const double then = step - age > 0 ? double(step - age) : 0.0;
            CHECK(line(age, 0) == then);
            CHECK(line.at(age)[2] == 100 * then);
        }
    }
    double one[2] = {};
    head = 0;
    const double value = 5.0;
    push(one, 1, 1, head, &value);
    CHECK(head == 0);
}

void recorders() {
    const double source[4] = {1, 2, 3, 4};
    const std::int32_t ranks[2] = {3, 0};
    double all[3 * 4] = {}, some[2 * 2] = {};
    Recorder table[2] = {
        {source, 8, 4, nullptr, all, 3, 0, 2, 1, 10, 1, Phase::states},
        {source, 8, 2, ranks, some, 2, 0, 1, 0, 0, 1, Phase::inputs},
    };
    Index full = 0;
    for (Index step = 10; step < 16; ++step) {
        record(table, 2, Phase::states, step);
        full += record(table, 2, Phase::inputs, step);
    }
    CHECK(table[0].cursor == 3);  // steps 11, 13, 15
    CHECK(all[11] == 4);
    CHECK(table[1].cursor == 2);
    CHECK(full == 4);  // no room is told, not overwritten
    CHECK(some[0] == 4 && some[1] == 1);
    table[0].active = 0;
    record(table, 2, Phase::states, 17);
    CHECK(table[0].cursor == 3);
}

void global_operations() {
    const double v[3] = {-3, 2, 4};
    CHECK(min_of(3, v) == -3 && max_of(3, v) == 4 && mean_of(3, v) == 1);
    CHECK(norm1_of(3, v) == 9);
    CHECK_NEAR(norm2_of(3, v), 5.385164807134504, 1e-15);
    const std::int64_t whole[3] = {1, 2, 4};
    CHECK_NEAR(mean_of(3, whole), 7.0 / 3.0, 1e-15);
    const bool truth[4] = {true, false, true, true};
    CHECK(mean_of(4, truth) == 0.75);
    CHECK(mean_of(0, v) == 0 && max_of(0, v) == 0 && norm2_of(0, v) == 0);
    const double broken[2] = {1, std::numeric_limits<double>::quiet_NaN()};
    CHECK(std::isnan(max_of(2, broken)) && std::isnan(mean_of(2, broken)));
    double sums[3] = {1, 2, 3};
    clear(3, sums);
    CHECK(sums[0] == 0 && sums[2] == 0);
}

// Known answers of Threefry-4x32-20 (Salmon et al. 2011).
void known_answers() {
    const auto key = [](std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
        return Stream{{a, b, c, d, 0x1BD11BDAu ^ a ^ b ^ c ^ d}};
    };
    const auto same = [](Words x, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
        return x.a == a && x.b == b && x.c == c && x.d == d;
    };
    const std::uint32_t f = 0xffffffffu;
    CHECK(same(threefry<20>({0, 0, 0, 0}, key(0, 0, 0, 0).key), 0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8));
    CHECK(same(threefry<20>({f, f, f, f}, key(f, f, f, f).key), 0x2a881696, 0x57012287, 0xf6c7446e, 0xa16a6732));
    CHECK(same(threefry<20>({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                            key(0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89).key),
               0x59cd1dbb, 0xb8879579, 0x86b5d00c, 0xac8b6d84));
}

}  // namespace
}  // namespace synloom

int main() {
    using namespace synloom;
    functions<double>();
    functions<float>();
    vectorised<double>();
    vectorised<float>();
    delay_lines();
    recorders();
    global_operations();
    known_answers();
    return check::summary();
}
