#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::sweep_csr16_a1454df8 {

/// One pass over the synapses of a projection, read by
///   mean of w * pre.r over each row
struct Buffers {
    Index rows;
    Index columns;
    const std::int64_t* row_ptr;
    const std::uint16_t* column;
    const std::int32_t* row_ranks;
    const std::int32_t* column_ranks;
    double* scratch;
    bool on_forward;
    double* forward_sum;
    const double* w;
    const double* column_r;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::sweep_csr16_a1454df8
