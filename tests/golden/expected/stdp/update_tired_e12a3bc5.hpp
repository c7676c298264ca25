#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"
#include "synloom/spikes.hpp"

namespace synloom::update_tired_e12a3bc5 {

/// Update of the neurons of one population: Tired.
struct Buffers {
    Index size;
    const double* tau;
    double* period;
    double* v;
    double* rest;
    double* g_exc;
    double* g_fb;
    std::int32_t* refractory_left;
    std::int64_t* last_spike;
    bool* spike_flags;
    NewSpikes spike_list;
    bool* axon_flags;
    NewSpikes axon_list;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_tired_e12a3bc5
