#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::events_dense_synapses_7cc4aad3 {

/// What a spike does to the synapses of a projection: g_target += w.
struct Buffers {
    Index rows;
    Index columns;
    const std::int32_t* row_of;
    Index first_column;
    Index spike_neurons;
    Index spike_rows;
    const std::int32_t* spike_ranks;
    const std::int32_t* spike_counts;
    const std::int64_t* spike_head;
    const std::int32_t* delay;
    double* g_target;
    const double* w;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::events_dense_synapses_7cc4aad3
