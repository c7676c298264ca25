// Inputs that follow a schedule, spikes given by their times, and spikes decoded into rates. All of it is data: which
// block is due when, and what it holds.
#pragma once

#include "synloom/kernel.hpp"

namespace synloom {

/// One step of a population that shows blocks of values. Block j is in force from step schedule[j] of the population's
/// own clock on; with a period, the clock begins anew every so many steps. `clock` holds the step, and the block shown.
/// Returns the block to show now, or -1 where nothing changes.
inline Index next_block(const std::int64_t* schedule, Index blocks, Index period, std::int64_t* clock) {
    // A search, not a comparison with the next time: the schedule and the clock may change between two steps.
    Index first = 0, last = blocks;
    while (first < last) {
        const Index middle = first + (last - first) / 2;
        if (schedule[middle] <= clock[0]) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    const Index due = first - 1;
    const bool changes = due >= 0 && due != clock[1];
    if (changes) clock[1] = due;
    clock[0] = period > 0 && clock[0] + 1 >= period ? 0 : clock[0] + 1;
    return changes ? due : -1;
}

/// Copies a block of `width` values to an attribute: one for each of n elements, or one for all.
template <class Real>
inline void show(Index block, Index width, const Real* values, Index n, Real* into) {
    if (block < 0) return;
    const Real* from = values + block * width;
    if (width == 1) {
        const Real value = *from;
        each(n, [=](Index i) SYNLOOM_LAMBDA { into[i] = value; });
    } else {
        each(n, [=](Index i) SYNLOOM_LAMBDA { into[i] = from[i]; });
    }
}

/// One step of a population that is given its spikes, sorted by step and rank. `clock` holds the population's own step,
/// and the number of spikes before it. Writes the ranks that fire to `into` and returns their number.
inline std::int32_t emit_due(
    const std::int64_t* steps, Index spikes, const std::int32_t* ranks, std::int64_t* clock, std::int32_t* into,
    std::int64_t* last_spike, Index now) {
    std::int32_t count = 0;
    Index next = clock[1];
    for (; next < spikes && steps[next] == clock[0]; ++next) {
        last_spike[ranks[next]] = now;
        into[count++] = ranks[next];
    }
    clock[0] += 1;
    clock[1] = next;
    return count;
}

/// One step of a projection that decodes spikes: adds scale * (what arrived in the last `window` steps) to the sums of n
/// neurons if `on`, and takes what arrived in this step.
///
/// Nothing is ever subtracted, so nothing drifts. Rows of `history` up to *place are those of this window's steps, and
/// `newer` is their sum; each row behind it holds the sum of itself and all later rows of the window before. The last row
/// of window + 1 is zero.
template <class Real>
inline void decode(
    Index n, Index window, std::int64_t* place, Real* arrived, Real* history, Real* newer, const Real* scale, bool on,
    Real* sums) {
    Real* row = history + *place * n;
    const Real* before = row + n;
    each(n, [=](Index i) SYNLOOM_LAMBDA {
        newer[i] += arrived[i];
        row[i] = arrived[i];
        arrived[i] = Real(0);
    });
    if (on) each(n, [=](Index i) SYNLOOM_LAMBDA { sums[i] += scale[i] * (newer[i] + before[i]); });
    if (++*place < window) return;
    *place = 0;
    each(n, [=](Index i) SYNLOOM_LAMBDA { newer[i] = Real(0); });
    for (Index k = window - 2; k >= 0; --k) {
        Real *these = history + k * n, *later = these + n;
        each(n, [=](Index i) SYNLOOM_LAMBDA { these[i] += later[i]; });
    }
}

}  // namespace synloom
