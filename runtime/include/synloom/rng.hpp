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

/// The key of a stream: one for each seed, object that draws, and place in its equations.
struct Stream {
    std::uint32_t key[4];
};

SYNLOOM_INLINE Stream stream(std::uint64_t seed, std::uint32_t object, std::uint32_t site) {
    return {{std::uint32_t(seed), std::uint32_t(seed >> 32), object, site}};
}

struct Words {
    std::uint32_t a, b, c, d;
};

SYNLOOM_INLINE std::uint32_t rotate_left(std::uint32_t x, int bits) { return x << bits | x >> (32 - bits); }

/// Threefry-4x32 with the given number of rounds.
template <int Rounds>
SYNLOOM_INLINE Words threefry(Words counter, const Stream& stream) {
    constexpr int turns[8][2] = {{10, 26}, {11, 21}, {13, 27}, {23, 5}, {6, 20}, {17, 11}, {25, 10}, {18, 20}};
    const std::uint32_t* const k = stream.key;
    const std::uint32_t key[5] = {k[0], k[1], k[2], k[3], 0x1BD11BDAu ^ k[0] ^ k[1] ^ k[2] ^ k[3]};
    Words x{counter.a + key[0], counter.b + key[1], counter.c + key[2], counter.d + key[3]};
    SYNLOOM_UNROLL
    for (int round = 0; round < Rounds; ++round) {
        const int even = turns[round % 8][0], odd = turns[round % 8][1];
        if (round % 2 == 0) {
            x.a += x.b, x.b = rotate_left(x.b, even) ^ x.a;
            x.c += x.d, x.d = rotate_left(x.d, odd) ^ x.c;
        } else {
            x.a += x.d, x.d = rotate_left(x.d, even) ^ x.a;
            x.c += x.b, x.b = rotate_left(x.b, odd) ^ x.c;
        }
        if (round % 4 == 3) {
            const int turn = round / 4 + 1;
            x.a += key[turn % 5];
            x.b += key[(turn + 1) % 5];
            x.c += key[(turn + 2) % 5];
            x.d += key[(turn + 3) % 5] + std::uint32_t(turn);
        }
    }
    return x;
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

/// The numbers of a whole chunk, in [0, 1).
template <class Real>
inline void uniform_chunk(const Stream& stream, Index step, Index chunk, Real* into) {
    const Stream own = stream;
    const Words first = counter(step, std::uint64_t(chunk) * CALLS);
    SYNLOOM_SIMD
    for (int k = 0; k < CALLS; ++k) {
        // The last three bits of the first call are 0: no carry into the high word.
        const Words own_counter{first.a, first.b, first.c + std::uint32_t(k), first.d};
        Unit<Real>::store(threefry<ROUNDS>(own_counter, own), into + k);
    }
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
template <class Real, class Chunk>
inline void draw_chunks(Index first, Index n, Real* out, Chunk chunk) {
    constexpr Index size = CHUNK<Real>;
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

/// out[k] = the uniform number in [0, 1) of rank first + k, for k in [0, n).
template <class Real>
inline void uniforms(const Stream& stream, Index step, Index first, Index n, Real* out) {
    draw_chunks(first, n, out, [&](Index chunk, Real* into) { uniform_chunk(stream, step, chunk, into); });
}

/// out[k] = the normal number of rank first + k, for k in [0, n).
template <class Real>
inline void normals(const Stream& stream, Index step, Index first, Index n, Real* out) {
    draw_chunks(first, n, out, [&](Index chunk, Real* into) { normal_chunk(stream, step, chunk, into); });
}

/// The uniform number in [0, 1) of one rank: the same as in a block.
template <class Real>
inline Real uniform(const Stream& stream, Index step, Index rank) {
    constexpr Index size = CHUNK<Real>;
    const Index chunk = rank / size, place = rank % size;
    const Words x = threefry<ROUNDS>(counter(step, std::uint64_t(chunk * CALLS + place % CALLS)), stream);
    Real numbers[size];
    Unit<Real>::store(x, numbers);
    return numbers[place / CALLS * CALLS];
}

/// The normal number of one rank: the same as in a block.
template <class Real>
inline Real normal(const Stream& stream, Index step, Index rank) {
    Real numbers[CHUNK<Real>];
    normal_chunk(stream, step, rank / CHUNK<Real>, numbers);
    return numbers[rank % CHUNK<Real>];
}

}  // namespace synloom
