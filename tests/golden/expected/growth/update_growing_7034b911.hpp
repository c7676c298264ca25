#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_growing_7034b911 {

/// Update of the synapses of one projection: Growing.
struct Buffers {
    Index rows;
    Index columns;
    const std::int64_t* row_ptr;
    const std::int32_t* column;
    double* age;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_growing_7034b911
