#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"
#include "synloom/spikes.hpp"

namespace synloom::events_csr_stdp_208fd8bd {

/// What a post-synaptic spike does to the synapses of its neuron: y += A * (t_post - t_pre); w += x.
struct Buffers {
    const std::int64_t* row_ptr;
    const std::int32_t* column;
    const std::int32_t* row_of;
    const std::int32_t* row_ranks;
    const std::int32_t* column_ranks;
    SpikeRing spike_ring;
    const bool* plasticity;
    const std::int64_t* row_last_spike;
    const std::int64_t* column_last_spike;
    const double* tau_pre;
    const double* tau_post;
    const double* A;
    const double* w_max;
    double* w;
    double* x;
    double* y;
    std::int32_t* event_step;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::events_csr_stdp_208fd8bd
