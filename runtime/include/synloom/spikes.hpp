// Spikes: lists of ranks, the last few of them in a ring, and what happens when a list is delivered.
#pragma once

#include <string.h>

#include "synloom/kernel.hpp"

// Nothing of <bit> where the compiler has words of its own: it doubles the compile time of a small file.
#if defined(__GNUC__) || defined(__clang__)
#define SYNLOOM_TRAILING_ZEROS(bits) __builtin_ctzll(bits)
#define SYNLOOM_SHORT_SIMD _Pragma("omp simd simdlen(4)")
#else
#include <bit>
#define SYNLOOM_TRAILING_ZEROS(bits) std::countr_zero(bits)
#define SYNLOOM_SHORT_SIMD SYNLOOM_SIMD
#endif

namespace synloom {

/// The neurons that fired in one step, ascending.
struct SpikeList {
    const std::int32_t* ranks;
    Index count;
};

/// The lists of the last `length` steps. Row `head` is the newest, age 0; age 1 is that of the step before.
struct SpikeRing {
    const std::int32_t* ranks;   // (length, neurons)
    const std::int32_t* counts;  // (length)
    Index neurons, length, head;

    SYNLOOM_INLINE Index row(Index age) const {
        const Index at = head - age;
        return at < 0 ? at + length : at;
    }

    SYNLOOM_INLINE SpikeList list(Index age) const {
        const Index at = row(age);
        return {ranks + at * neurons, counts[at]};
    }
};

/// Begins a new, empty list in the place of the oldest.
inline void advance(std::int32_t* counts, Index length, std::int64_t& head) {
    head = head + 1 == length ? 0 : head + 1;
    counts[head] = 0;
}

/// Eight flags as one number: its lowest byte is the first of them.
SYNLOOM_INLINE std::uint64_t eight_flags(const bool* flags) {
    static_assert(sizeof(bool) == 1);
    std::uint64_t eight;
    memcpy(&eight, flags, sizeof eight);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

/// The list that the neurons of this step are written to: the newest of a ring.
struct NewSpikes {
    std::int32_t* ranks;
    std::int32_t* count;
};

/// Calls fire(i) for each neuron whose flag is set, by rank, and lists their ranks.
template <class Fire>
SYNLOOM_INLINE void collect(Index n, const bool* flags, const NewSpikes& into, Fire fire) {
    std::int32_t* const ranks = into.ranks;
    std::int32_t count = 0;
    const auto one = [&](Index i) SYNLOOM_LAMBDA {
        fire(i);
        ranks[count++] = static_cast<std::int32_t>(i);
    };
    Index i = 0;
    // Few neurons fire in a step, and most of the time none of 64.
    for (; i + 64 <= n; i += 64) {
        std::uint64_t any = 0;
        for (int k = 0; k < 64; k += 8) any |= eight_flags(flags + i + k);
        if (any == 0) continue;
        std::uint64_t bits = 0;
        // The product gathers the lowest bits of all bytes in the highest byte.
        for (int k = 0; k < 64; k += 8) bits |= eight_flags(flags + i + k) * 0x0102040810204080u >> 56 << k;
        for (; bits != 0; bits &= bits - 1) one(i + SYNLOOM_TRAILING_ZEROS(bits));
    }
    for (; i < n; ++i)
        if (flags[i]) one(i);
    *into.count = count;
}

/// A time in ms as steps: to the nearest, halves up, never negative. A half that both roundings to Real pushed down
/// is still a half.
template <class Real>
SYNLOOM_INLINE std::int32_t steps_of(Real ms, Real dt) {
    constexpr double slack = sizeof(Real) < sizeof(double) ? 1.2e-7 : 0.0, most = 2147483647.0;
    const double steps = double(ms) / double(dt) * (1.0 + slack) + 0.5 + 1e-9;
    if (!(steps > 0.0)) return 0;
    return static_cast<std::int32_t>(steps < most ? steps : most);
}

/// Mean rates in Hz over a window of steps, after the newest list is complete: of the neurons whose number of spikes
/// within the window has changed. A window of 0 steps is none. All are counted anew if counts[0] is negative, which a
/// population that was disabled leaves behind.
template <class Real>
inline void firing_rates(
    const SpikeRing& spikes, Index window, double window_ms, bool enabled, std::int32_t* counts, Real* rates) {
    if (window == 0) return;
    if (!enabled) {
        counts[0] = -1;
        return;
    }
    const double hertz = 1000.0 / window_ms;
    if (counts[0] < 0) {
        for (Index i = 0; i < spikes.neurons; ++i) counts[i] = 0;
        for (Index age = 0; age < window; ++age) {
            const SpikeList list = spikes.list(age);
            for (Index k = 0; k < list.count; ++k) ++counts[list.ranks[k]];
        }
        for (Index i = 0; i < spikes.neurons; ++i) rates[i] = static_cast<Real>(hertz * counts[i]);
        return;
    }
    const auto change = [=](const SpikeList& list, std::int32_t by) {
        for (Index k = 0; k < list.count; ++k) {
            const Index i = list.ranks[k];
            counts[i] += by;
            rates[i] = static_cast<Real>(hertz * counts[i]);
        }
    };
    change(spikes.list(window), -1);
    change(spikes.list(0), 1);
}

// What follows takes a population as it stands in struct Network. Some have a second ring, of axonal spikes.

template <class Population>
SYNLOOM_INLINE SpikeRing spikes_of(const Population& p) {
    return {p.spike_ranks, p.spike_counts, p.size, p.spike_rows, *p.spike_head};
}

template <class Population>
SYNLOOM_INLINE SpikeRing axonal_spikes_of(const Population& p) {
    return {p.axon_ranks, p.axon_counts, p.size, p.spike_rows, *p.spike_head};
}

template <class Population>
SYNLOOM_INLINE NewSpikes new_spikes_of(const Population& p) {
    return {p.spike_ranks + *p.spike_head * p.size, p.spike_counts + *p.spike_head};
}

template <class Population>
SYNLOOM_INLINE NewSpikes new_axonal_spikes_of(const Population& p) {
    return {p.axon_ranks + *p.spike_head * p.size, p.axon_counts + *p.spike_head};
}

/// Begins the lists of this step. A population that is not updated leaves them empty.
template <class Population>
inline void begin_spikes(const Population& p) {
    advance(p.spike_counts, p.spike_rows, *p.spike_head);
    if constexpr (requires { p.axon_counts; }) p.axon_counts[*p.spike_head] = 0;
}

/// Mean rates over the population's window, if it has one, after the lists of this step are complete.
template <class Population>
inline void update_rates(const Population& p, double dt) {
    const Index window = *p.rate_window;
    if (window > 0) firing_rates(spikes_of(p), window, double(window) * dt, *p.enabled, p.rate_counts, p.r);
}

/// Steps between two events, both counted modulo 2^32.
SYNLOOM_INLINE std::int32_t steps_between(std::int32_t now, std::int32_t before) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(now) - static_cast<std::uint32_t>(before));
}

/// How the synapses of a line are visited: each(n, body) calls body(k) for k in [0, n); paired(n, j, body) calls
/// body(k, j[k]), where j ascends. AT_ONCE: several at a time.
struct OneByOne {  // where little is computed: scattered loads and stores are faster one by one
    static constexpr bool AT_ONCE = false;

    template <class Body>
    static SYNLOOM_INLINE void each(Index n, Body body) {
        for (Index k = 0; k < n; ++k) body(k);
    }

    template <class Body>
    static SYNLOOM_INLINE void paired(Index n, const std::int32_t* j, Body body) {
        if (n == 0) return;
        const Index gaps = j[n - 1] - j[0] - (n - 1);
        if (gaps > 1) {
            for (Index k = 0; k < n; ++k) body(k, j[k]);
            return;
        }
        // All neurons of a run, or all but one, as where a neuron has no synapse to itself: j need not be read.
        Index k = 0, skip = j[0];
        for (Index end = gaps == 0 ? n : successive(n, j); k < n; end = n, ++skip)
            for (; k < end; ++k) body(k, skip + k);
    }

private:
    /// Where the gap of j is: how many of its numbers follow one another, from the first on.
    static SYNLOOM_INLINE Index successive(Index n, const std::int32_t* j) {
        Index low = 1, high = n - 1;
        while (low < high) {
            const Index middle = low + (high - low) / 2;
            if (j[middle] - j[0] == middle)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
};
struct Together {  // where much is computed
    static constexpr bool AT_ONCE = true;

    template <class Body>
    static SYNLOOM_INLINE void each(Index n, Body body) {
        synloom::each(n, body);
    }

    template <class Body>
    static SYNLOOM_INLINE void paired(Index n, const std::int32_t* j, Body body) {
        synloom::each(n, [=](Index k) SYNLOOM_LAMBDA { body(k, j[k]); });
    }
};

/// Above so many bytes an array is taken to lie beyond the caches of one core.
inline constexpr Index BEYOND_CACHES = Index(4) << 20;

/// Asks for the cache lines of `count` values from the k-th on.
template <class T>
SYNLOOM_INLINE void fetch_all(const T* values, Index k, Index count) {
    for (Index n = 0; n < count; n += 64 / Index(sizeof(T))) fetch(values, k + n);
}

/// The spikes of a list, each with the line of the store that it travels along: visit(line). `line_of` is -1 for
/// neurons that have none. ahead(line) is called one spike early.
template <class Visit, class Ahead>
SYNLOOM_INLINE void each_line(const SpikeList& spikes, const std::int32_t* line_of, Visit visit, Ahead ahead) {
    Index next = spikes.count > 0 ? line_of[spikes.ranks[0]] : -1;
    for (Index k = 0; k < spikes.count; ++k) {
        const Index line = next;
        next = k + 1 < spikes.count ? line_of[spikes.ranks[k + 1]] : -1;
        if (next >= 0) ahead(next);
        if (line >= 0) visit(line);
    }
}

/// The synapses of each line, sorted by delay: a segment holds those of one line and one delay.
struct Segments {
    const std::int64_t* line;     // (lines + 1) the segments of a line
    const std::int32_t* delay;    // (segments) in steps, ascending within a line
    const std::int64_t* first;    // (segments + 1) where in `synapse` a segment begins
    const std::int32_t* synapse;  // (nnz) places in the store
    const std::int32_t* other;    // (nnz) index of the neuron at the other end
};

/// Delivers what is due of all spikes under way: those emitted first come first. `cursor`, of the shape of the ring,
/// remembers which segment of its line each spike waits for. visit(line) returns the action (s, other); nothing is
/// done, but spikes move on, unless `on`.
template <class Way, class Visit>
SYNLOOM_INLINE void along_delays(
    const SpikeRing& spikes, const std::int32_t* line_of, const Segments& of, std::int64_t* cursor, bool on, Visit visit) {
    for (Index age = spikes.length - 1; age >= 0; --age) {
        const SpikeList list = spikes.list(age);
        std::int64_t* waits = cursor + spikes.row(age) * spikes.neurons;
        for (Index k = 0; k < list.count; ++k) {
            const Index line = line_of[list.ranks[k]];
            if (line < 0) continue;
            Index segment = age == 0 ? of.line[line] : waits[k];
            if (segment < of.line[line + 1] && of.delay[segment] == age + 1) {
                if (on) {
                    const auto action = visit(line);
                    const std::int32_t *s = of.synapse + of.first[segment], *j = of.other + of.first[segment];
                    Way::each(of.first[segment + 1] - of.first[segment],
                              [=](Index q) SYNLOOM_LAMBDA { action(s[q], j[q]); });
                }
                ++segment;
            }
            waits[k] = segment;
        }
    }
}

}  // namespace synloom
