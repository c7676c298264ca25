// The loop over spiking neurons, block by block.
//
// Counters and flags are narrower than the numbers that neurons compute with. A vectorised loop over both takes as many
// neurons at once as there are flags in a vector, and holds eight registers of numbers for each variable. That is the
// fastest way for few variables. Where much is computed the registers do not suffice: then counters and flags of a
// block are brought to the width of the numbers (InLanes).
#pragma once

#include "synloom/kernel.hpp"

namespace synloom {

template <class Real>
struct LaneOf;
template <>
struct LaneOf<double> {
    using type = std::int64_t;
};
template <>
struct LaneOf<float> {
    using type = std::int32_t;
};

/// Whether a neuron fires, and whether it emits an axonal spike.
struct Fires {
    bool spike, axon;
};

SYNLOOM_INLINE int fires_code(bool spike) { return spike; }
SYNLOOM_INLINE int fires_code(Fires f) { return int(f.spike) | int(f.axon) << 1; }

/// Counters and flags of spiking neurons: the steps for which they are still refractory, and who fires.
struct Firing {
    std::int32_t* left;
    bool* spikes;
    bool* axons = nullptr;  // null where there are no axonal spikes
};

/// Counters and flags of a block of neurons as they are.
template <class Real>
struct AsTheyAre {
    Firing of;

    SYNLOOM_INLINE AsTheyAre(const Firing& all) : of(all) {}

    template <class Body>
    SYNLOOM_INLINE void block(Index first, Index count, Body body) {
        std::int32_t* left = of.left + first;
        bool *spikes = of.spikes + first, *axons = of.axons == nullptr ? nullptr : of.axons + first;
        if (axons == nullptr) {
            each(count, [=](Index k) SYNLOOM_LAMBDA {
                const bool rests = left[k] > 0;
                spikes[k] = fires_code(body(first + k, k, rests)) & 1;
                left[k] -= rests;
            });
        } else {
            each(count, [=](Index k) SYNLOOM_LAMBDA {
                const bool rests = left[k] > 0;
                const int code = fires_code(body(first + k, k, rests));
                spikes[k] = code & 1;
                axons[k] = code & 2;
                left[k] -= rests;
            });
        }
    }
};

/// The same in lanes of the width of Real.
template <class Real>
struct InLanes {
    using Lane = typename LaneOf<Real>::type;
    Firing of;
    Lane refractory[BLOCK], fires[BLOCK];

    SYNLOOM_INLINE InLanes(const Firing& all) : of(all) {}

    template <class Body>
    SYNLOOM_INLINE void block(Index first, Index count, Body body) {
        std::int32_t* left = of.left + first;
        Lane *rests = refractory, *codes = fires;
        each(count, [=](Index k) SYNLOOM_LAMBDA {
            const std::int32_t one = left[k] > 0;
            left[k] -= one;
            rests[k] = one;
        });
        each(count, [=](Index k) SYNLOOM_LAMBDA { codes[k] = fires_code(body(first + k, k, rests[k] != 0)); });
        bool* spikes = of.spikes + first;
        each(count, [=](Index k) SYNLOOM_LAMBDA { spikes[k] = codes[k] & 1; });
        if (of.axons == nullptr) return;
        bool* axons = of.axons + first;
        each(count, [=](Index k) SYNLOOM_LAMBDA { axons[k] = codes[k] & 2; });
    }
};

/// Calls prepare(first, count) for successive blocks of n neurons, which returns body(i, k, refractory) for the i-th of
/// all neurons, the k-th of the block.
template <class Way, class Prepare>
SYNLOOM_INLINE void each_firing(Index n, const Firing& of, Prepare prepare) {
    Way way(of);
    for (Index first = 0; first < n; first += BLOCK) {
        const Index count = n - first < BLOCK ? n - first : BLOCK;
        way.block(first, count, prepare(first, count));
    }
}

/// Calls body(i, refractory), which says whether neuron i fires, for i in [0, n). The calls must not depend on each
/// other. Who is refractory is so for one step less afterwards.
template <class Way, class Body>
SYNLOOM_INLINE void each_neuron(Index n, const Firing& of, Body body) {
    each_firing<Way>(n, of, [&](Index, Index) SYNLOOM_LAMBDA {
        return [=](Index i, Index, bool refractory) SYNLOOM_LAMBDA { return body(i, refractory); };
    });
}

}  // namespace synloom
