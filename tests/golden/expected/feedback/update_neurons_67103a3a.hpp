#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_neurons_67103a3a {

/// Update of the neurons of one population: rate-coded.
struct Buffers {
    Index size;
    const double* b;
    double* r;
    const double* sum_fb;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_neurons_67103a3a
