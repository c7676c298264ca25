// The functions that equations may call, for double and float. Definitions: the model language's built-in functions.
//
// Nothing of <cmath> is included: with gcc 12 it costs 0.25 s of compile time in each file, a declaration costs none.
//
// On x86-64 with gcc and glibc the functions of libm are declared with the vector variants of libmvec, so that a loop
// calling them is vectorised without -ffast-math. Link with -lm: glibc's libm.so names libmvec itself. The variants
// are within 4 units in the last place, and the last few elements of a loop may go through the scalar function: an
// element's last digits may depend on its place in the array, not on the run.
#pragma once

#include "synloom/exp.hpp"

#if defined(_MSC_VER) && !defined(__clang__)
#include <math.h>
#define SYNLOOM_LIBM(name) ::name
#elif defined(__GNUC__) && !defined(__clang__) && !defined(__INTEL_COMPILER) && defined(__x86_64__) && defined(__GLIBC__)
#define SYNLOOM_LIBM(name) ::name
#define SYNLOOM_DECLARE_1(attribute, name) \
    attribute double name(double) noexcept; \
    attribute float name##f(float) noexcept;
#define SYNLOOM_DECLARE_2(attribute, name) \
    attribute double name(double, double) noexcept; \
    attribute float name##f(float, float) noexcept;
#define SYNLOOM_VECTOR __attribute__((__simd__("notinbranch")))
#if __GLIBC_PREREQ(2, 35)
#define SYNLOOM_VECTOR_2_35 SYNLOOM_VECTOR
#else
#define SYNLOOM_VECTOR_2_35
#endif
extern "C" {
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR, log)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR, sin)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR, cos)
SYNLOOM_DECLARE_2(SYNLOOM_VECTOR, pow)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, log10)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, log2)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, tan)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, asin)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, acos)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, atan)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, sinh)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, cosh)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, tanh)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, asinh)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, acosh)
SYNLOOM_DECLARE_1(SYNLOOM_VECTOR_2_35, atanh)
SYNLOOM_DECLARE_2(SYNLOOM_VECTOR_2_35, atan2)
SYNLOOM_DECLARE_1(, sqrt)
SYNLOOM_DECLARE_1(, fabs)
SYNLOOM_DECLARE_1(, floor)
SYNLOOM_DECLARE_1(, ceil)
SYNLOOM_DECLARE_1(, trunc)
SYNLOOM_DECLARE_2(, fmod)
SYNLOOM_DECLARE_2(, copysign)
}
#undef SYNLOOM_DECLARE_1
#undef SYNLOOM_DECLARE_2
#undef SYNLOOM_VECTOR
#undef SYNLOOM_VECTOR_2_35
#else
#define SYNLOOM_LIBM(name) __builtin_##name
#endif

namespace synloom {

#define SYNLOOM_MATH_1(name) \
    SYNLOOM_INLINE double name(double x) { return SYNLOOM_LIBM(name)(x); } \
    SYNLOOM_INLINE float name(float x) { return SYNLOOM_LIBM(name##f)(x); }
#define SYNLOOM_MATH_2(name) \
    SYNLOOM_INLINE double name(double x, double y) { return SYNLOOM_LIBM(name)(x, y); } \
    SYNLOOM_INLINE float name(float x, float y) { return SYNLOOM_LIBM(name##f)(x, y); }
SYNLOOM_MATH_1(log)
SYNLOOM_MATH_1(log10)
SYNLOOM_MATH_1(log2)
SYNLOOM_MATH_1(sqrt)
SYNLOOM_MATH_1(fabs)
SYNLOOM_MATH_1(floor)
SYNLOOM_MATH_1(ceil)
SYNLOOM_MATH_1(trunc)
SYNLOOM_MATH_1(sin)
SYNLOOM_MATH_1(cos)
SYNLOOM_MATH_1(tan)
SYNLOOM_MATH_1(asin)
SYNLOOM_MATH_1(acos)
SYNLOOM_MATH_1(atan)
SYNLOOM_MATH_1(sinh)
SYNLOOM_MATH_1(cosh)
SYNLOOM_MATH_1(tanh)
SYNLOOM_MATH_1(asinh)
SYNLOOM_MATH_1(acosh)
SYNLOOM_MATH_1(atanh)
SYNLOOM_MATH_2(pow)
SYNLOOM_MATH_2(atan2)
SYNLOOM_MATH_2(fmod)
SYNLOOM_MATH_2(copysign)
#undef SYNLOOM_MATH_1
#undef SYNLOOM_MATH_2
#undef SYNLOOM_LIBM

/// An argument that takes its type from another one: clip(x, 0, 1) is a call in the type of x.
template <class T>
struct Alike {
    using Type = T;
};
template <class T>
using Like = typename Alike<T>::Type;

template <class Real>
SYNLOOM_INLINE Real abs(Real x) {
    return fabs(x);
}

template <class Real>
SYNLOOM_INLINE Real ln(Real x) {
    return log(x);
}

/// x if x > 0, else 0.
template <class Real>
SYNLOOM_INLINE Real pos(Real x) {
    return x > 0 ? x : Real(0);
}

template <class Real>
SYNLOOM_INLINE Real positive(Real x) {
    return pos(x);
}

/// x if x < 0, else 0: negative or zero.
template <class Real>
SYNLOOM_INLINE Real neg(Real x) {
    return x < 0 ? x : Real(0);
}

template <class Real>
SYNLOOM_INLINE Real negative(Real x) {
    return neg(x);
}

/// low if x < low, else high if x > high, else x: low wins where low > high.
template <class Real>
SYNLOOM_INLINE Real clip(Real x, Like<Real> low, Like<Real> high) {
    return x < low ? low : (x > high ? high : x);
}

/// Remainder of the two integers that a and b are cut to, with the sign of a; NaN for b = 0.
template <class Real>
SYNLOOM_INLINE Real modulo(Real a, Like<Real> b) {
    return fmod(trunc(a), trunc(b)) + Real(0);  // + 0: no negative zero
}

/// Remainder of a / b with the sign of a, as in C.
template <class Real>
SYNLOOM_INLINE Real remainder(Real a, Like<Real> b) {
    return fmod(a, b);
}

/// a // b: the largest integer not above a / b.
template <class Real>
SYNLOOM_INLINE Real floor_div(Real a, Like<Real> b) {
    return floor(a / b);
}

#if defined(__GNUC__) || defined(__clang__)
SYNLOOM_INLINE double constant_power(double x, int k) { return __builtin_powi(x, k); }
SYNLOOM_INLINE float constant_power(float x, int k) { return __builtin_powif(x, k); }
#endif

/// x to the power k: a product for an integer k, 1/power(x, -k) for a negative one, pow for a real k.
template <class Real, class Exponent>
SYNLOOM_INLINE Real power(Real x, Exponent k) {
    if constexpr (Exponent(1) / 2 != 0) {
        return pow(x, Real(k));
    } else {
#if defined(__GNUC__) || defined(__clang__)
        // Becomes multiplications before loops are vectorised; the loop below would stop that.
        if (__builtin_constant_p(k)) return constant_power(x, int(k));
#endif
        const bool inverse = k < 0;
        Real product(1);
        for (std::uint64_t n = inverse ? 0 - std::uint64_t(k) : std::uint64_t(k); n != 0; n >>= 1) {
            if (n & 1) product *= x;
            x *= x;
        }
        return inverse ? Real(1) / product : product;
    }
}

/// Nearest integer, halves away from zero.
template <class Real>
SYNLOOM_INLINE Real round(Real x) {
    // Not libm's round, which has no vector form. The largest number below a half: 0.49999999999999994 must not become 1.
    constexpr Real half = sizeof(Real) == sizeof(double) ? Real(0.49999999999999994) : Real(0.49999997f);
    return trunc(x + copysign(half, x));
}

/// -1, 0 or 1; NaN for NaN.
template <class Real>
SYNLOOM_INLINE Real sign(Real x) {
    return x > 0 ? Real(1) : (x < 0 ? Real(-1) : x + Real(0));
}

/// 0 for x < 0, 0.5 for x = 0, 1 for x > 0; NaN for NaN.
template <class Real>
SYNLOOM_INLINE Real Heaviside(Real x) {
    return x > 0 ? Real(1) : (x < 0 ? Real(0) : x + Real(0.5));
}

/// 1 if x is NaN, else 0.
template <class Real>
SYNLOOM_INLINE Real isnan(Real x) {
    return x != x ? Real(1) : Real(0);
}

/// 1 if x is neither infinite nor NaN, else 0.
template <class Real>
SYNLOOM_INLINE Real isfinite(Real x) {
    return x - x == 0 ? Real(1) : Real(0);
}

/// The smallest argument; NaN if one of them is NaN.
template <class Real>
SYNLOOM_INLINE Real min(Real a, Like<Real> b) {
    const Real chosen = a < b ? a : b;
    return a != a ? a : chosen;
}

template <class Real, class... More>
SYNLOOM_INLINE Real min(Real a, Like<Real> b, More... more) {
    return min(min(a, b), more...);
}

/// The largest argument; NaN if one of them is NaN.
template <class Real>
SYNLOOM_INLINE Real max(Real a, Like<Real> b) {
    const Real chosen = a > b ? a : b;
    return a != a ? a : chosen;
}

template <class Real, class... More>
SYNLOOM_INLINE Real max(Real a, Like<Real> b, More... more) {
    return max(max(a, b), more...);
}

}  // namespace synloom
