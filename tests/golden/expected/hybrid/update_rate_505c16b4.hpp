#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_rate_505c16b4 {

/// Update of the neurons of one population: Rate.
struct Buffers {
    Index size;
    const double* tau;
    double* r;
    const double* sum_exc;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_rate_505c16b4
