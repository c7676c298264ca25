// What every generated kernel needs: the index type, the compiler's words, and the loop over independent elements.
#pragma once

#include <cstddef>
#include <cstdint>

// SYNLOOM_INLINE  a function that is always inlined; a walk is worth nothing as a call.
// SYNLOOM_LAMBDA  the same for a lambda, after its parameters: [=](Index i) SYNLOOM_LAMBDA { ... }
// SYNLOOM_SIMD    the iterations of the loop that follows do not depend on each other.
// SYNLOOM_ONE_BY_ONE  within a loop: its iterations are too few, or too tied, to be worth a vector version.
#if defined(_MSC_VER) && !defined(__clang__)
#define SYNLOOM_INLINE __forceinline
#define SYNLOOM_LAMBDA
#define SYNLOOM_SIMD __pragma(loop(ivdep))
#define SYNLOOM_ONE_BY_ONE
#elif defined(__GNUC__) || defined(__clang__)
#define SYNLOOM_INLINE inline __attribute__((always_inline))
#define SYNLOOM_LAMBDA __attribute__((always_inline))
#define SYNLOOM_SIMD _Pragma("omp simd")
#define SYNLOOM_ONE_BY_ONE __asm__ volatile("")
#else
#define SYNLOOM_INLINE inline
#define SYNLOOM_LAMBDA
#define SYNLOOM_SIMD
#define SYNLOOM_ONE_BY_ONE
#endif

namespace synloom {

using Index = std::int64_t;

/// Calls body(i) for i in [0, n). The calls must not depend on each other: they run several at a time.
template <class Body>
SYNLOOM_INLINE void each(Index n, Body body) {
    SYNLOOM_SIMD
    for (Index i = 0; i < n; ++i) body(i);
}

}  // namespace synloom
