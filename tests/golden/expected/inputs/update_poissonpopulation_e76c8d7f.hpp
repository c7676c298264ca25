#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"
#include "synloom/spikes.hpp"

namespace synloom::update_poissonpopulation_e76c8d7f {

/// Update of the neurons of one population: PoissonPopulation.
struct Buffers {
    Index size;
    const std::int64_t* draw_state;
    Index draw_object;
    double* rates;
    double* p;
    const double* sum_exc;
    std::int32_t* refractory_left;
    std::int64_t* last_spike;
    bool* spike_flags;
    NewSpikes spike_list;
    const std::int32_t* refractory_steps;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_poissonpopulation_e76c8d7f
