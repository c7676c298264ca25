#pragma once

#include <cstdint>

namespace synloom {

/// The time a kernel sees, in ms: ``t`` at the start of the step, ``dt``, and ``h``, the step of an ODE,
/// which is longer than ``dt`` where a projection learns only every few steps; and the number of the step.
template <class Real> struct Clock {
    Real t;
    Real dt;
    Real h;
    std::int64_t step;
};

}  // namespace synloom
