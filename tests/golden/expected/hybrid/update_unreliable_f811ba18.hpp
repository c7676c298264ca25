#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_unreliable_f811ba18 {

/// Update of the synapses of one projection: Unreliable.
struct Buffers {
    Index rows;
    Index columns;
    const std::int64_t* row_ptr;
    const std::int32_t* column;
    const double* tau;
    double* s_;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_unreliable_f811ba18
