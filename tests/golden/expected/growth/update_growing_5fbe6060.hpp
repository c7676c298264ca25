#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_growing_5fbe6060 {

/// Update of the synapses of one projection: Growing.
struct Buffers {
    Index rows;
    Index columns;
    const std::int32_t* row_ranks;
    const std::int32_t* column_ranks;
    const std::int64_t* row_ptr;
    const std::int32_t* column;
    double* age;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_growing_5fbe6060
