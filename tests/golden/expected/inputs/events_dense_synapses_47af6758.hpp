#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"
#include "synloom/spikes.hpp"

namespace synloom::events_dense_synapses_47af6758 {

/// What a spike does to the synapses of a projection: g_target += w.
struct Buffers {
    Index rows;
    Index columns;
    const std::int32_t* row_of;
    Index first_column;
    SpikeRing spike_ring;
    const std::int32_t* delay;
    double* g_target;
    const double* w;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::events_dense_synapses_47af6758
