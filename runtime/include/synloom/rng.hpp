// Counter-based random numbers: a number is a function of (seed, object, site) and (step, rank), and of nothing else.
//
// Generator: Threefry-4x32 (Salmon, Moraes, Dror, Shaw 2011: Parallel random numbers: as easy as 1, 2, 3), 12 rounds.
//
// One call of the generator gives four words: two doubles of 53 bits or four floats of 24. Eight calls side by side
// fill a chunk of ranks (16 doubles, 32 floats): the numbers of call k are the elements k, 8 + k, ... of its chunk, so
// that the words of eight calls are stored as they come.
#pragma once

#include "synloom/math.hpp"

namespace synloom {

/// The key of a stream, and the word that Threefry adds to it.
struct Stream {
    std::uint32_t key[5];
};

/// The stream of a seed, an object that draws, and a place in its equations.
SYNLOOM_INLINE Stream stream(std::uint64_t seed, std::uint32_t object, std::uint32_t site) {
    const std::uint32_t low = std::uint32_t(seed), high = std::uint32_t(seed >> 32);
    return {{low, high, object, site, 0x1BD11BDAu ^ low ^ high ^ object ^ site}};
}

/// Stream number n that a site has beside its own, for distributions that need more numbers. Sites are below 2^16.
SYNLOOM_INLINE Stream branch(const Stream& stream, std::uint32_t n) {
    const std::uint32_t site = stream.key[3] ^ n << 16;
    return {{stream.key[0], stream.key[1], stream.key[2], site, stream.key[4] ^ n << 16}};
}

struct Words {
    std::uint32_t a, b, c, d;
};

template <int Bits>
SYNLOOM_INLINE std::uint32_t rotate_left(std::uint32_t x) {
    return x << Bits | x >> (32 - Bits);
}

template <int Even, int Odd>
SYNLOOM_INLINE Words even_round(Words x) {
    const std::uint32_t a = x.a + x.b, c = x.c + x.d;
    return {a, rotate_left<Even>(x.b) ^ a, c, rotate_left<Odd>(x.d) ^ c};
}

template <int Even, int Odd>
SYNLOOM_INLINE Words odd_round(Words x) {
    const std::uint32_t a = x.a + x.d, c = x.c + x.b;
    return {a, rotate_left<Odd>(x.b) ^ c, c, rotate_left<Even>(x.d) ^ a};
}

/// Threefry-4x32 with the given number of rounds, a multiple of four: after every four, the key is added, turned.
template <int Rounds, int Done = 0>
SYNLOOM_INLINE Words threefry(Words x, const std::uint32_t (&key)[5]) {
    static_assert(Rounds % 4 == 0);
    constexpr int turn = Done / 4;
    x = {x.a + key[turn % 5], x.b + key[(turn + 1) % 5], x.c + key[(turn + 2) % 5],
         x.d + key[(turn + 3) % 5] + std::uint32_t(turn)};
    if constexpr (Done == Rounds) {
        return x;
    } else if constexpr (turn % 2 == 0) {
        x = odd_round<11, 21>(even_round<10, 26>(x));
        return threefry<Rounds, Done + 4>(odd_round<23, 5>(even_round<13, 27>(x)), key);
    } else {
        x = odd_round<17, 11>(even_round<6, 20>(x));
        return threefry<Rounds, Done + 4>(odd_round<18, 20>(even_round<25, 10>(x)), key);
    }
}

inline constexpr int ROUNDS = 12;
inline constexpr int CALLS = 8;  // of the generator, side by side

/// Words of one call to numbers in [0, 1): PER_CALL of them, number `part` of the call.
template <class Real>
struct Unit;

template <>
struct Unit<double> {
    static constexpr int PER_CALL = 2;
    static SYNLOOM_INLINE double number(std::uint32_t high, std::uint32_t low) {
        return (double(std::int32_t(high >> 5)) * 67108864.0 + double(std::int32_t(low >> 6))) * 0x1p-53;
    }
    static SYNLOOM_INLINE void store(Words x, double* into) {
        into[0] = number(x.a, x.b);
        into[CALLS] = number(x.c, x.d);
    }
};

template <>
struct Unit<float> {
    static constexpr int PER_CALL = 4;
    static SYNLOOM_INLINE float number(std::uint32_t word) { return float(std::int32_t(word >> 8)) * 0x1p-24f; }
    static SYNLOOM_INLINE void store(Words x, float* into) {
        into[0] = number(x.a);
        into[CALLS] = number(x.b);
        into[2 * CALLS] = number(x.c);
        into[3 * CALLS] = number(x.d);
    }
};

/// Ranks whose numbers are made together.
template <class Real>
inline constexpr int CHUNK = CALLS * Unit<Real>::PER_CALL;

SYNLOOM_INLINE Words counter(Index step, std::uint64_t call) {
    return {std::uint32_t(step), std::uint32_t(std::uint64_t(step) >> 32), std::uint32_t(call),
            std::uint32_t(call >> 32)};
}

/// The numbers of `together` whole chunks, in [0, 1); `chunk` is a multiple of that. The calls of two chunks hide each
/// other's latency.
template <int together, class Real>
inline void uniform_chunks(const Stream& stream, Index step, Index chunk, Real* into) {
    constexpr int calls = together * CALLS;
    const Words first = counter(step, std::uint64_t(chunk) * CALLS);
    std::uint32_t a[calls], b[calls], c[calls], d[calls];
    SYNLOOM_SIMD
    for (int k = 0; k < calls; ++k) {
        const Words x = threefry<ROUNDS>({first.a, first.b, first.c + std::uint32_t(k), first.d}, stream.key);
        a[k] = x.a, b[k] = x.b, c[k] = x.c, d[k] = x.d;
    }
    for (int n = 0; n < together; ++n) {
        Real* to = into + n * CHUNK<Real>;
        const int f = n * CALLS;
        SYNLOOM_SIMD
        for (int k = 0; k < CALLS; ++k) Unit<Real>::store({a[f + k], b[f + k], c[f + k], d[f + k]}, to + k);
    }
}

/// The numbers of a whole chunk, in [0, 1).
template <class Real>
inline void uniform_chunk(const Stream& stream, Index step, Index chunk, Real* into) {
    uniform_chunks<1>(stream, step, chunk, into);
}

/// The numbers of a whole chunk, normal with mean 0 and standard deviation 1.
/// Pairs by Box and Muller (1958): the elements k and k + CHUNK/2.
template <class Real>
inline void normal_chunk(const Stream& stream, Index step, Index chunk, Real* into) {
    constexpr int half = CHUNK<Real> / 2;
    constexpr Real turn = Real(6.283185307179586476925286766559);
    Real u[CHUNK<Real>];
    uniform_chunk(stream, step, chunk, u);
    SYNLOOM_SIMD
    for (int k = 0; k < half; ++k) {
        const Real radius = sqrt(Real(-2) * log(Real(1) - u[k]));  // 1 - u is never 0
        into[k] = radius * cos(turn * u[k + half]);
        // The sine as a cosine: gcc merges sine and cosine of one angle into a call that it cannot vectorise.
        into[k + half] = radius * cos(turn * (u[k + half] - Real(0.25)));
    }
}

/// Numbers of the ranks first, ..., first + n - 1, chunk by chunk.
template <Index size, class Real, class Chunk>
inline void draw_chunks(Index first, Index n, Real* out, Chunk chunk) {
    const Index end = first + n;
    for (Index rank = first; rank < end;) {
        const Index number = rank / size, from = number * size;
        const Index stop = from + size < end ? from + size : end;
        if (rank == from && stop == from + size) {
            chunk(number, out + (rank - first));
        } else {
            Real whole[size];
            chunk(number, whole);
            for (Index k = rank; k < stop; ++k) out[k - first] = whole[k - from];
        }
        rank = stop;
    }
}

}  // namespace synloom
