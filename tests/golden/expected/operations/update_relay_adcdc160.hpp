#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_relay_adcdc160 {

/// Update of the neurons of one population: Relay.
struct Buffers {
    Index size;
    double* r;
    const double* sum_exc;
    const double* gain;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_relay_adcdc160
