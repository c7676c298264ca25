// Global operations: one number from all values of a population. 0 for an empty population.
#pragma once

#include "synloom/fold.hpp"
#include "synloom/math.hpp"

namespace synloom {

/// The type that values of an attribute are computed with.
template <class Value>
struct RealOf {
    using type = Value;
};
template <>
struct RealOf<std::int64_t> {
    using type = double;
};
template <>
struct RealOf<bool> {
    using type = double;
};

/// The smallest value; NaN if there is one.
template <class Value, class Real = typename RealOf<Value>::type>
inline Real min_of(Index n, const Value* values) {
    return n == 0 ? Real(0) : fold<Min>(n, [=](Index i) SYNLOOM_LAMBDA { return Real(values[i]); });
}

/// The largest value; NaN if there is one.
template <class Value, class Real = typename RealOf<Value>::type>
inline Real max_of(Index n, const Value* values) {
    return n == 0 ? Real(0) : fold<Max>(n, [=](Index i) SYNLOOM_LAMBDA { return Real(values[i]); });
}

/// The arithmetic mean.
template <class Value, class Real = typename RealOf<Value>::type>
inline Real mean_of(Index n, const Value* values) {
    return n == 0 ? Real(0) : fold<Sum>(n, [=](Index i) SYNLOOM_LAMBDA { return Real(values[i]); }) / Real(n);
}

/// The sum of the absolute values.
template <class Value, class Real = typename RealOf<Value>::type>
inline Real norm1_of(Index n, const Value* values) {
    return fold<Sum>(n, [=](Index i) SYNLOOM_LAMBDA { return fabs(Real(values[i])); });
}

/// The Euclidean norm: the root of the sum of squares.
template <class Value, class Real = typename RealOf<Value>::type>
inline Real norm2_of(Index n, const Value* values) {
    return sqrt(fold<Sum>(n, [=](Index i) SYNLOOM_LAMBDA { return Real(values[i]) * Real(values[i]); }));
}

}  // namespace synloom
