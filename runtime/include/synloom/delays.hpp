// Delay line: the last values of a variable, a ring of rows.
#pragma once

#include "synloom/kernel.hpp"

namespace synloom {

/// A ring of shape (length, neurons). Row `head` is the newest, age 0; age 1 is the row pushed before it.
template <class Real>
struct DelayLine {
    const Real* data;
    Index neurons, length, head;

    /// All neurons' values of an age in [0, length).
    SYNLOOM_INLINE const Real* at(Index age) const {
        const Index row = head - age;
        return data + (row < 0 ? row + length : row) * neurons;
    }

    /// One neuron's value of an age in [0, length).
    SYNLOOM_INLINE Real operator()(Index age, Index neuron) const { return at(age)[neuron]; }
};

/// Makes `values` the newest row, in the place of the oldest.
template <class Real, class Value>
inline void push(Real* data, Index neurons, Index length, std::int64_t& head, const Value* values) {
    head = head + 1 == length ? 0 : head + 1;
    Real* row = data + head * neurons;
    each(neurons, [=](Index k) SYNLOOM_LAMBDA { row[k] = Real(values[k]); });
}

}  // namespace synloom
