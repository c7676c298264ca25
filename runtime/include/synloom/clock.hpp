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

    /// The same time, for what is updated every `period` steps.
    Clock every(std::int64_t period) const { return {t, dt, dt * Real(period), step}; }
};

/// The clock of a step. Times are worked out in double.
template <class Real>
Clock<Real> clock_at(std::int64_t step, double dt) {
    return {Real(double(step) * dt), Real(dt), Real(dt), step};
}

}  // namespace synloom
