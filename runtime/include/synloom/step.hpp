// The phases of a step that need no generated code.
#pragma once

#include "synloom/kernel.hpp"

namespace synloom {

/// When in a step a sample is recorded.
struct Phase {
    static constexpr Index inputs = 0;  // after transmission, before the neurons are updated
    static constexpr Index states = 1;  // at the end of the step
};

/// Sets the weighted sums of a population to zero.
template <class Real>
SYNLOOM_INLINE void clear(Index n, Real* sums) {
    each(n, [=](Index i) SYNLOOM_LAMBDA { sums[i] = Real(0); });
}

}  // namespace synloom
