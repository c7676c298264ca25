#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"

namespace synloom::update_noisy_18c4e3bb {

/// Update of the neurons of one population: Noisy.
struct Buffers {
    Index size;
    const std::int64_t* draw_state;
    Index draw_object;
    const double* tau;
    const double* sigma;
    double* mu;
    double* v;
    std::int64_t* n;
    double* r;
    const double* sum_exc;
    const double* sum_fb;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_noisy_18c4e3bb
