#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::sweep_dense_85e05300 {

/// One pass over the synapses of a projection, read by
///   max of w * pre.r over each row
struct Buffers {
    Index rows;
    Index columns;
    const std::int32_t* row_ranks;
    const std::int32_t* column_ranks;
    bool on_forward;
    double* forward_sum;
    const double* w;
    const double* column_r_line;
    Index column_size;
    Index column_line_length;
    const std::int64_t* column_r_line_head;
    const std::int32_t* forward_delay;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::sweep_dense_85e05300
