#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_neurons_03c33977 {

/// Update of the neurons of one population: rate-coded.
struct Buffers {
    Index size;
    const double* tau;
    double* v;
    double* m;
    double* r;
    const double* sum_exc;
    const double* mean_v;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_neurons_03c33977
