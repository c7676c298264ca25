// Spikes: lists of ranks, the last few of them in a ring, and what happens when a list is delivered.
#pragma once

#include "synloom/kernel.hpp"

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

/// Whether eight flags are all unset.
SYNLOOM_INLINE bool none_of_eight(const bool* flags) {
#if defined(__GNUC__) || defined(__clang__)
    static_assert(sizeof(bool) == 1);
    std::uint64_t all;
    __builtin_memcpy(&all, flags, 8);
    return all == 0;
#else
    bool any = false;
    for (int k = 0; k < 8; ++k) any |= flags[k];
    return !any;
#endif
}

/// Calls fire(i) for each neuron whose flag is set, by rank, and writes the ranks to `into`; returns their number.
template <class Fire>
SYNLOOM_INLINE std::int32_t collect(Index n, const bool* flags, std::int32_t* into, Fire fire) {
    std::int32_t count = 0;
    const auto one = [&](Index i) SYNLOOM_LAMBDA {
        fire(i);
        into[count++] = static_cast<std::int32_t>(i);
    };
    Index i = 0;
    // Few neurons fire in a step: look at eight flags at once.
    for (; i + 8 <= n; i += 8) {
        if (none_of_eight(flags + i)) continue;
        for (int k = 0; k < 8; ++k)
            if (flags[i + k]) one(i + k);
    }
    for (; i < n; ++i)
        if (flags[i]) one(i);
    return count;
}

/// A time in ms as steps: to the nearest, halves up, never negative.
template <class Real>
SYNLOOM_INLINE std::int32_t steps_of(Real ms, Real dt) {
    const double steps = double(ms) / double(dt) + 0.5 + 1e-9;
    return steps > 0.0 ? static_cast<std::int32_t>(steps) : 0;
}

/// Mean rates in Hz over a window of steps, after the newest list is complete. `window` holds the number of steps, 0 for
/// none, and whether all rates are to be computed anew: otherwise only those whose number of spikes has changed.
template <class Real>
inline void firing_rates(const SpikeRing& spikes, std::int64_t* window, double dt, std::int32_t* counts, Real* rates) {
    const Index steps = window[0];
    if (steps == 0) return;
    const double hertz = 1000.0 / (double(steps) * dt);
    const auto change = [=](const SpikeList& list, std::int32_t by) {
        for (Index k = 0; k < list.count; ++k) {
            const Index i = list.ranks[k];
            counts[i] += by;
            rates[i] = static_cast<Real>(hertz * counts[i]);
        }
    };
    change(spikes.list(steps), -1);
    change(spikes.list(0), 1);
    if (window[1] == 0) return;
    window[1] = 0;
    for (Index i = 0; i < spikes.neurons; ++i) rates[i] = static_cast<Real>(hertz * counts[i]);
}

/// Steps between two events, both counted modulo 2^32.
SYNLOOM_INLINE std::int32_t steps_between(std::int32_t now, std::int32_t before) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(now) - static_cast<std::uint32_t>(before));
}

/// How the synapses of a line are visited.
struct OneByOne {  // where little is computed: scattered loads and stores are faster one by one
    template <class Body>
    static SYNLOOM_INLINE void each(Index n, Body body) {
        for (Index k = 0; k < n; ++k) body(k);
    }
};
struct Together {  // where much is computed
    template <class Body>
    static SYNLOOM_INLINE void each(Index n, Body body) {
        synloom::each(n, body);
    }
};

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
