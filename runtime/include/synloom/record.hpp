// Recording as data: what to copy where, and in which steps. Adding a monitor compiles nothing.
#pragma once

#include "synloom/kernel.hpp"

#if !(defined(__GNUC__) || defined(__clang__))
#include <string.h>
#endif

namespace synloom {

/// One recorded variable. Twelve fields of eight bytes: a table of them is an (n, 12) array of 64-bit integers.
struct Recorder {
    const void* source;
    std::int64_t item_bytes;
    std::int64_t count;         // items of a sample
    const std::int32_t* ranks;  // (count) the items of source to copy; null: the first count
    void* block;                // (capacity, count) items
    std::int64_t capacity;      // samples that fit into block
    std::int64_t cursor;        // samples stored
    std::int64_t period;        // steps between samples, at least 1
    std::int64_t offset;        // in [0, period)
    std::int64_t start;         // a sample is due in step n iff (n - start) mod period == offset
    std::int64_t active;        // 0: paused
    std::int64_t phase;         // the phase of the step that it belongs to
};
static_assert(sizeof(Recorder) == 12 * 8);

/// Copies bytes that do not overlap.
SYNLOOM_INLINE void copy_bytes(void* into, const void* from, std::size_t bytes) {
#if defined(__GNUC__) || defined(__clang__)
    __builtin_memcpy(into, from, bytes);
#else
    memcpy(into, from, bytes);
#endif
}

/// Copies the items of the given ranks; Bytes is the size of an item, 0 if it is known at run time only.
template <std::size_t Bytes>
inline void gather_items(const Recorder& r, unsigned char* into) {
    const std::size_t bytes = Bytes != 0 ? Bytes : std::size_t(r.item_bytes);
    const unsigned char* source = static_cast<const unsigned char*>(r.source);
    const std::int32_t* ranks = r.ranks;
    for (Index k = 0; k < r.count; ++k)
        copy_bytes(into + std::size_t(k) * bytes, source + std::size_t(ranks[k]) * bytes, bytes);
}

/// Stores the sample of one recorder in row `cursor` of its block.
inline void store_sample(Recorder& r) {
    const std::size_t bytes = std::size_t(r.count) * std::size_t(r.item_bytes);
    unsigned char* into = static_cast<unsigned char*>(r.block) + std::size_t(r.cursor) * bytes;
    if (bytes == 0) {
    } else if (r.ranks == nullptr) {
        copy_bytes(into, r.source, bytes);
    } else if (r.item_bytes == 8) {
        gather_items<8>(r, into);
    } else if (r.item_bytes == 4) {
        gather_items<4>(r, into);
    } else {
        gather_items<0>(r, into);
    }
    ++r.cursor;
}

/// Is a sample due in this step? The remainder is never negative, also for a step before `start`.
inline bool sample_due(const Recorder& r, Index step) {
    const Index past = (step - r.start) % r.period;
    return (past < 0 ? past + r.period : past) == r.offset;
}

/// Stores the samples that are due in a phase of a step. Returns how many did not fit: those recorders are unchanged,
/// and must be given a new block before the step goes on.
inline Index record(Recorder* recorders, Index n, Index phase, Index step) {
    Index full = 0;
    for (Index k = 0; k < n; ++k) {
        Recorder& r = recorders[k];
        if (r.active == 0 || r.phase != phase || !sample_due(r, step)) continue;
        if (r.cursor >= r.capacity) {
            ++full;
        } else {
            store_sample(r);
        }
    }
    return full;
}

/// Recorded spikes of one population. Ten fields of eight bytes. Steps are stored once for all spikes of a step: what
/// is written is memory that no cache holds, and that is what recording costs.
struct SpikeRecorder {
    const std::int32_t* ranks;   // the ring of spike lists: (length, neurons)
    const std::int32_t* counts;  // (length)
    const std::int64_t* head;
    std::int64_t neurons;
    const bool* recorded;        // (neurons) the neurons to record; null: all of them
    std::int32_t* block_ranks;   // (capacity)
    std::int64_t* marks;         // (capacity, 2) a step, and how many spikes are stored up to its end
    std::int64_t capacity;       // spikes that fit into a block
    std::int64_t cursor;         // spikes stored
    std::int64_t marked;         // steps with spikes
};
static_assert(sizeof(SpikeRecorder) == 10 * 8);

/// Whether all recorders can store as many spikes as one step may bring.
inline bool room_for_spikes(const SpikeRecorder* recorders, Index n) {
    for (Index k = 0; k < n; ++k)
        if (recorders[k].capacity - recorders[k].cursor < recorders[k].neurons) return false;
    return true;
}

/// Stores the spikes of this step.
inline void record_spikes(SpikeRecorder* recorders, Index n, Index step) {
    for (Index k = 0; k < n; ++k) {
        SpikeRecorder& r = recorders[k];
        // Read once: for all the compiler knows, what is stored below may change what the pointers point to.
        const std::int64_t head = *r.head, count = r.counts[head];
        const std::int32_t* ranks = r.ranks + head * r.neurons;
        const bool* recorded = r.recorded;
        std::int32_t* into_ranks = r.block_ranks + r.cursor;
        std::int64_t stored = 0;
        for (Index i = 0; i < count; ++i) {
            const std::int32_t rank = ranks[i];
            into_ranks[stored] = rank;
            stored += recorded == nullptr || recorded[rank];
        }
        if (stored == 0) continue;
        r.cursor += stored;
        r.marks[2 * r.marked] = step;
        r.marks[2 * r.marked + 1] = r.cursor;
        ++r.marked;
    }
}

}  // namespace synloom
