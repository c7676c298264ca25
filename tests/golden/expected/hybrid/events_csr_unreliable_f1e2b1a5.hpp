#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"
#include "synloom/spikes.hpp"

namespace synloom::events_csr_unreliable_f1e2b1a5 {

/// What a spike does to the synapses of a projection: s += ite(Uniform(0.0, 1.0) < p, 1.0, 0.0); w *= 0.99.
struct Buffers {
    const std::int64_t* reverse_ptr;
    const std::int32_t* reverse_synapse;
    const std::int32_t* reverse_row;
    const std::int32_t* column_of;
    const std::int32_t* row_ranks;
    const std::int32_t* column_ranks;
    SpikeRing spike_ring;
    const std::int32_t* delay;
    const bool* plasticity;
    const std::int64_t* draw_state;
    Index draw_object;
    const double* p;
    double* w;
    double* s_;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::events_csr_unreliable_f1e2b1a5
