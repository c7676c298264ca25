#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_bcm_a06d5f5d {

/// Update of the synapses of one projection: BCM.
struct Buffers {
    Index rows;
    Index columns;
    const std::int64_t* row_ptr;
    const std::uint16_t* column;
    const std::int32_t* row_ranks;
    const std::int32_t* column_ranks;
    double* scratch;
    const bool* plasticity;
    const double* eta;
    const double* tau;
    double* theta;
    double* w;
    const double* row_r;
    const double* column_r_line;
    Index column_size;
    Index column_line_length;
    const std::int64_t* column_r_line_head;
    const std::int32_t* forward_delay;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_bcm_a06d5f5d
