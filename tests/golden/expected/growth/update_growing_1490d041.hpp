#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_growing_1490d041 {

/// Update of the synapses of one projection: Growing.
struct Buffers {
    Index rows;
    Index columns;
    const std::int64_t* row_ptr;
    const std::uint16_t* column;
    double* age;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_growing_1490d041
