#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::sweep_csr_2e13f763 {

/// One pass over the synapses of a projection, read by
///   sum of w * s * (2.0 - post.v) over each row
struct Buffers {
    Index rows;
    Index columns;
    const std::int64_t* row_ptr;
    const std::int32_t* column;
    const std::int32_t* row_ranks;
    bool on_forward;
    double* forward_sum;
    const double* w;
    const double* s_;
    const double* row_v;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::sweep_csr_2e13f763
