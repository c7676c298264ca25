#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_neurons_3b49e83b {

/// Update of the neurons of one population: rate-coded.
struct Buffers {
    Index size;
    std::int64_t* c;
    double* r;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_neurons_3b49e83b
