#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"
#include "synloom/spikes.hpp"

namespace synloom::events_csr_stdp_53dce7f6 {

/// What a spike does to the synapses of a projection: g_target += w; x += A; w -= y.
struct Buffers {
    const std::int64_t* segment_line;
    const std::int32_t* segment_delay;
    const std::int64_t* segment_first;
    const std::int32_t* segment_synapse;
    const std::int32_t* segment_other;
    const std::int32_t* column_of;
    const std::int32_t* row_ranks;
    bool on;
    std::int64_t* cursor;
    SpikeRing spike_ring;
    const std::int32_t* delay;
    const std::int64_t* post_last_spike;
    double* g_target;
    const bool* plasticity;
    const double* tau_pre;
    const double* tau_post;
    const double* A;
    double* w;
    double* x;
    double* y;
    std::int32_t* event_step;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::events_csr_stdp_53dce7f6
