#pragma once

#include <cstdint>

#include "synloom/clock.hpp"
#include "synloom/kernel.hpp"
#include "synloom/spikes.hpp"

namespace synloom::update_coba_101ea859 {

/// Update of the neurons of one population: COBA.
struct Buffers {
    Index size;
    const double* El;
    const double* Vr;
    const double* Vt;
    const double* Erev_exc;
    const double* Erev_inh;
    const double* tau;
    const double* tau_exc;
    const double* tau_inh;
    const double* I;
    double* v;
    double* g_exc;
    double* g_inh;
    std::int32_t* refractory_left;
    std::int64_t* last_spike;
    bool* spike_flags;
    NewSpikes spike_list;
    const std::int32_t* refractory_steps;
};

SYNLOOM_KERNEL void run(const Buffers& self, const Clock<double>& clock);

}  // namespace synloom::update_coba_101ea859
