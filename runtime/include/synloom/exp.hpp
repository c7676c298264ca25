// The exponential function, the same bits wherever it is called: in a vectorised loop, in the last elements of one, or
// alone. A library has one implementation for vectors and another for single values, which differ in the last digit;
// then the result of a synapse would depend on its place in the store.
//
// exp(x) = 2^n exp(r) with n the integer nearest to x / ln 2 (reduction after Cody and Waite 1980) and a
// polynomial for exp(r), |r| <= ln 2 / 2, in the form of Estrin: 1 + r and coefficients that make the largest relative
// error small, 4e-18, and 3e-9 in single precision. Within 2 units in the last place. Infinity and NaN as
// one expects; what is too small for a normal number is 0, since no way to subnormal ones is free for all others.
#pragma once

#include <limits>

#include "synloom/kernel.hpp"

namespace synloom {

/// a * b + c: rounded once where the processor does so at no cost.
SYNLOOM_INLINE double multiply_add(double a, double b, double c) {
#ifdef __FP_FAST_FMA
    return __builtin_fma(a, b, c);
#else
    return a * b + c;
#endif
}
SYNLOOM_INLINE float multiply_add(float a, float b, float c) {
#ifdef __FP_FAST_FMAF
    return __builtin_fmaf(a, b, c);
#else
    return a * b + c;
#endif
}

/// p 2^n where that is a normal number, n in the last bits of `shifted`: what is added to the exponent, and runs over.
SYNLOOM_INLINE double scaled(double p, double shifted) {
    return __builtin_bit_cast(
        double, __builtin_bit_cast(std::uint64_t, p) + (__builtin_bit_cast(std::uint64_t, shifted) << 52));
}
SYNLOOM_INLINE float scaled(float p, float shifted) {
    return __builtin_bit_cast(
        float, __builtin_bit_cast(std::uint32_t, p) + (__builtin_bit_cast(std::uint32_t, shifted) << 23));
}

/// The result within the limits of normal numbers, else 0, infinity or NaN.
template <class Real>
SYNLOOM_INLINE Real limited(Real x, Real result, Real lowest, Real largest) {
    result = x < lowest ? Real(0) : result;
    return x <= largest ? result : x + std::numeric_limits<Real>::infinity();
}

SYNLOOM_INLINE double exp(double x) {
    constexpr double shift = 0x1.8p52;  // beside it the last bit of a double is worth 1
    const double shifted = multiply_add(x, 1.4426950408889634, shift), k = shifted - shift;
    // The products with the first part of ln 2 are exact.
    const double near = multiply_add(k, -6.93147180369123816490e-01, x);
    const double r = multiply_add(k, -1.90821492927058770002e-10, near), r2 = r * r, r4 = r2 * r2;
    const double a = multiply_add(multiply_add(r, 0.16666666666666412405, 0.50000000000000106201), r2, 1.0 + r);
    const double b = multiply_add(
        multiply_add(r, 1.9841269506495069596e-4, 1.3888888943607733222e-3), r2,
        multiply_add(r, 8.3333333334945025484e-3, 0.041666666666530229562));
    const double c = multiply_add(
        multiply_add(r, 2.5000027256815507161e-8, 2.7630237526513065482e-7), r2,
        multiply_add(r, 2.7557586451519059311e-6, 2.480149312583780548e-5));
    const double p = multiply_add(c, r4 * r4, multiply_add(b, r4, a));
    return limited(x, scaled(p, shifted), -708.39641853226408, 709.78271289338397);
}

SYNLOOM_INLINE float exp(float x) {
    constexpr float shift = 0x1.8p23f;
    const float shifted = multiply_add(x, 1.44269504f, shift), k = shifted - shift;
    const float near = multiply_add(k, -6.93359375e-1f, x);
    const float r = multiply_add(k, 2.12194440e-4f, near), r2 = r * r;
    const float a = multiply_add(multiply_add(r, 0.166665207f, 0.499999935f), r2, 1.0f + r);
    const float b = multiply_add(r2, 1.38146604e-3f, multiply_add(r, 8.36871186e-3f, 0.0416683866f));
    const float p = multiply_add(b, r2 * r2, a);
    return limited(x, scaled(p, shifted), -87.3365447f, 88.7228390f);
}

}  // namespace synloom
