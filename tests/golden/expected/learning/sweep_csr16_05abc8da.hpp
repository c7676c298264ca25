#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::sweep_csr16_05abc8da {

/// One pass over the synapses of a projection, read by
///   sum of w * pre.r over each row
///   mean of w * (pre.r - post.r) over each column (transposed)
struct Buffers {
    Index rows;
    Index columns;
    const std::int64_t* row_ptr;
    const std::uint16_t* column;
    const std::int32_t* row_ranks;
    const std::int32_t* column_ranks;
    const std::int32_t* column_counts;
    double* scratch;
    bool on_forward;
    double* forward_sum;
    bool on_back;
    double* back_sum;
    const double* w;
    const double* column_r_line;
    Index column_size;
    Index column_line_length;
    const std::int64_t* column_r_line_head;
    const std::int32_t* forward_delay;
    const double* row_r;
    const double* column_r;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::sweep_csr16_05abc8da
