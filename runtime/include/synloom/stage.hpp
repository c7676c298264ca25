// Staging: copying what a walk needs of a population to where the walk reads it in order.
#pragma once

#include "synloom/kernel.hpp"

namespace synloom {

/// into[j * stride] = source[ranks[j]] for j in [0, n), converted to Real; source[j] where ranks is null.
/// The stride counts Reals: 1 for an array, sizeof(Column) / sizeof(Real) for a member of interleaved columns.
template <class Real, class Value>
inline void gather(Index n, const std::int32_t* ranks, const Value* source, Real* into, Index stride) {
    if (ranks != nullptr) {
        each(n, [=](Index j) SYNLOOM_LAMBDA { into[j * stride] = static_cast<Real>(source[ranks[j]]); });
    } else {
        each(n, [=](Index j) SYNLOOM_LAMBDA { into[j * stride] = static_cast<Real>(source[j]); });
    }
}

/// into[j] = source[ranks[j]] for j in [0, n), converted to Real; source[j] where ranks is null.
template <class Real, class Value>
inline void gather(Index n, const std::int32_t* ranks, const Value* source, Real* into) {
    if (ranks != nullptr) {
        each(n, [=](Index j) SYNLOOM_LAMBDA { into[j] = static_cast<Real>(source[ranks[j]]); });
    } else {
        each(n, [=](Index j) SYNLOOM_LAMBDA { into[j] = static_cast<Real>(source[j]); });
    }
}

}  // namespace synloom
