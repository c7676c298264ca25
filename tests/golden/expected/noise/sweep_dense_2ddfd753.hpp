#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::sweep_dense_2ddfd753 {

/// One pass over the synapses of a projection, read by
///   sum of w * pre.r * Uniform(0.5, 1.5) over each row
///   sum of w * pre.r + Exponential(10.0) over each column (transposed)
struct Buffers {
    Index rows;
    Index columns;
    const std::int32_t* row_ranks;
    const std::int32_t* column_ranks;
    double* scratch;
    const std::int64_t* draw_state;
    bool on_forward;
    double* forward_sum;
    Index forward_draws;
    bool on_back;
    double* back_sum;
    Index back_draws;
    const double* w;
    const double* column_r;
    const double* row_r;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::sweep_dense_2ddfd753
