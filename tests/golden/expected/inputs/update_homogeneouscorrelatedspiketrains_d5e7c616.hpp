#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"
#include "synloom/spikes.hpp"

namespace synloom::update_homogeneouscorrelatedspiketrains_d5e7c616 {

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
    bool* spike_flags;
    NewSpikes spike_list;
    const std::int32_t* refractory_steps;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_homogeneouscorrelatedspiketrains_d5e7c616
