// What every generated kernel needs: the index type, the compiler's words, and the loop over independent elements.
#pragma once

#include <cstddef>
#include <cstdint>

// SYNLOOM_INLINE  a function that is always inlined; a walk is worth nothing as a call.
// SYNLOOM_LAMBDA  the same for a lambda, after its parameters: [=](Index i) SYNLOOM_LAMBDA { ... }
// SYNLOOM_KERNEL  a function that all it calls is inlined into: long bodies of loops are vectorised, too.
// SYNLOOM_SIMD    the iterations of the loop that follows do not depend on each other.
// SYNLOOM_CALL    a function that is never inlined: all callers run the same instructions and get the same bits.
// SYNLOOM_AS_WRITTEN  within a loop: the compiler's loop optimisations keep off it.
// SYNLOOM_KEEP(v)  if defined: the vector v is kept in a register, not taken apart into loads of its elements.
//
// A sanitizer's build inlines nothing by force: its reports name the functions, and it compiles in half the time.
#if defined(_MSC_VER) && !defined(__clang__)
#define SYNLOOM_INLINE __forceinline
#define SYNLOOM_LAMBDA
#define SYNLOOM_KERNEL
#define SYNLOOM_CALL __declspec(noinline)
#define SYNLOOM_SIMD __pragma(loop(ivdep))
#define SYNLOOM_AS_WRITTEN
#elif defined(__GNUC__) || defined(__clang__)
#if defined(__SANITIZE_ADDRESS__)
#define SYNLOOM_INLINE inline
#define SYNLOOM_LAMBDA
#define SYNLOOM_KERNEL
#else
#define SYNLOOM_INLINE inline __attribute__((always_inline))
#define SYNLOOM_LAMBDA __attribute__((always_inline))
#define SYNLOOM_KERNEL __attribute__((flatten))
#endif
#define SYNLOOM_CALL __attribute__((noinline))
#define SYNLOOM_SIMD _Pragma("omp simd")
#define SYNLOOM_AS_WRITTEN __asm__ volatile("")
#else
#define SYNLOOM_INLINE inline
#define SYNLOOM_LAMBDA
#define SYNLOOM_KERNEL
#define SYNLOOM_CALL
#define SYNLOOM_SIMD
#define SYNLOOM_AS_WRITTEN
#endif

#if defined(__GNUC__) && defined(__x86_64__) && defined(__SSE2__)
#define SYNLOOM_KEEP(v) __asm__("" : "+x"(v))
#endif

namespace synloom {

using Index = std::int64_t;

/// Neurons that are updated together: what is made for them beforehand stays in the first cache.
inline constexpr Index BLOCK = 512;

/// Asks for the cache line of array[k], so that it is there when it is needed; k may lie beyond the array.
template <class T>
SYNLOOM_INLINE void fetch([[maybe_unused]] const T* array, [[maybe_unused]] Index k) {
#if defined(__GNUC__)
    const auto address = reinterpret_cast<std::uintptr_t>(array) + sizeof(T) * static_cast<std::uintptr_t>(k);
    SYNLOOM_AS_WRITTEN;  // without it gcc drops calls of a function that does nothing else
    __builtin_prefetch(reinterpret_cast<const void*>(address));
#endif
}

/// Calls body(i) for i in [0, n). The calls must not depend on each other: they run several at a time.
template <class Body>
SYNLOOM_INLINE void each(Index n, Body body) {
    SYNLOOM_SIMD
    for (Index i = 0; i < n; ++i) body(i);
}

}  // namespace synloom
