#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_homogeneouscorrelatedspiketrains_a46efd1f {

/// Update of the neurons of one population: HomogeneousCorrelatedSpikeTrains.
struct Buffers {
    Index size;
    const std::int64_t* draw_state;
    Index draw_object;
    const double* tau;
    const double* mu;
    const double* sigma;
    double* x;
    double* p;
    std::int32_t* refractory_left;
    std::int64_t* last_spike;
    const std::int64_t* spike_head;
    bool* spike_flags;
    std::int32_t* spike_ranks;
    std::int32_t* spike_counts;
    const std::int32_t* refractory_steps;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_homogeneouscorrelatedspiketrains_a46efd1f
