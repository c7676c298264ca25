// The exponential function, the same bits wherever it is called: in a vectorised loop, in the last elements of one, or
// alone. A library has one implementation for vectors and another for single values, which differ in the last digit;
// then the result of a synapse would depend on its place in the store.
//
// exp(x) = 2^n exp(r) with n the integer nearest to x / ln 2 (reduction after Cody and Waite 1980) and the Taylor
// polynomial of exp(r), |r| <= ln 2 / 2, in the form of Estrin. Within 2 units in the last place; infinity, zero,
// subnormal numbers and NaN as one expects.
#pragma once

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

/// 2^n for exponents of normal numbers.
SYNLOOM_INLINE double power_of_two(std::int64_t n) { return __builtin_bit_cast(double, (n + 1023) << 52); }
SYNLOOM_INLINE float power_of_two(std::int32_t n) { return __builtin_bit_cast(float, (n + 127) << 23); }

SYNLOOM_INLINE double exp(double x) {
    constexpr double shift = 0x1.8p52;  // beside it the last bit of a double is worth 1
    x = x > 710.0 ? 710.0 : x;
    x = x < -746.0 ? -746.0 : x;
    const double shifted = multiply_add(x, 1.4426950408889634, shift), k = shifted - shift;
    // The products with the first part of ln 2 are exact.
    const double near = multiply_add(k, -6.93147180369123816490e-01, x);
    const double r = multiply_add(k, -1.90821492927058770002e-10, near), r2 = r * r, r4 = r2 * r2;
    const double a = multiply_add(multiply_add(r, 1.0 / 6, 0.5), r2, 1.0 + r);
    const double b = multiply_add(multiply_add(r, 1.0 / 5040, 1.0 / 720), r2, multiply_add(r, 1.0 / 120, 1.0 / 24));
    const double c = multiply_add(
        multiply_add(r, 1.0 / 39916800, 1.0 / 3628800), r2, multiply_add(r, 1.0 / 362880, 1.0 / 40320));
    const double d = multiply_add(r, 1.0 / 6227020800, 1.0 / 479001600);
    const double p = multiply_add(multiply_add(d, r4, c), r4 * r4, multiply_add(b, r4, a));
    // Two factors, since 2^n may be too large, or too small for a normal number, where the result is not.
    const std::int64_t n = __builtin_bit_cast(std::int64_t, shifted) - __builtin_bit_cast(std::int64_t, shift);
    const auto half = static_cast<std::int64_t>(static_cast<std::uint64_t>(n + 4096) >> 1) - 2048;
    return p * power_of_two(half) * power_of_two(n - half);
}

SYNLOOM_INLINE float exp(float x) {
    constexpr float shift = 0x1.8p23f;
    x = x > 89.0f ? 89.0f : x;
    x = x < -104.0f ? -104.0f : x;
    const float shifted = multiply_add(x, 1.44269504f, shift), k = shifted - shift;
    const float near = multiply_add(k, -6.93359375e-1f, x);
    const float r = multiply_add(k, 2.12194440e-4f, near), r2 = r * r;
    const float a = multiply_add(multiply_add(r, 1.0f / 6, 0.5f), r2, 1.0f + r);
    const float b = multiply_add(multiply_add(r, 1.0f / 5040, 1.0f / 720), r2, multiply_add(r, 1.0f / 120, 1.0f / 24));
    const float p = multiply_add(b, r2 * r2, a);
    const std::int32_t n = __builtin_bit_cast(std::int32_t, shifted) - __builtin_bit_cast(std::int32_t, shift);
    const auto half = static_cast<std::int32_t>(static_cast<std::uint32_t>(n + 512) >> 1) - 256;
    return p * power_of_two(half) * power_of_two(n - half);
}

}  // namespace synloom
