#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_neurons_bd2a8441 {

/// Update of the neurons of one population: rate-coded.
struct Buffers {
    Index size;
    double* r;
    const double* sum_exc;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_neurons_bd2a8441
