#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_poissonpopulation_3d727ab4 {

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
    const std::int64_t* spike_head;
    bool* spike_flags;
    std::int32_t* spike_ranks;
    std::int32_t* spike_counts;
    const std::int32_t* refractory_steps;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_poissonpopulation_3d727ab4
