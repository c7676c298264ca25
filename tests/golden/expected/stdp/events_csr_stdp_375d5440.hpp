#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"
#include "synloom/spikes.hpp"

namespace synloom::events_csr_stdp_375d5440 {

/// What a spike does to the synapses of its transpose: g_target += w.
struct Buffers {
    const std::int64_t* row_ptr;
    const std::int32_t* column;
    const std::int32_t* row_of;
    const std::int32_t* column_ranks;
    SpikeRing spike_ring;
    const std::int32_t* delay;
    double* g_target;
    const double* w;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::events_csr_stdp_375d5440
