#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_drift_6ee53fde {

/// Update of the synapses of one projection: Drift.
struct Buffers {
    Index rows;
    Index columns;
    const std::int32_t* row_ranks;
    const std::int32_t* column_ranks;
    const bool* plasticity;
    const std::int64_t* draw_state;
    Index draw_object;
    double* bias;
    double* w;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_drift_6ee53fde
