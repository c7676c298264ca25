// The value that most synapses have: their weight times a number of the row or of the column. A walk that knows it by
// its type computes several at a time, where it can not look into lambdas.
#pragma once

#include "synloom/readers.hpp"

// SYNLOOM_PAIRS  if defined: vectors of four doubles fit into a register, and can be put together from two halves.
#if defined(__GNUC__) && defined(__AVX__) && defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define SYNLOOM_PAIRS
#endif
#endif

namespace synloom {

/// weight[s] * number, the number being that of a row.
template <class Real>
struct ByNumber {
    const Real* weight;
    Real number;

    template <class... Record>
    SYNLOOM_INLINE Real operator()(Index s, Index, const Record&...) const {
        return weight[s] * number;
    }
};

/// weight[s] * a member of the column's record.
template <class Record, class Real>
struct ByColumn {
    const Real* weight;
    Real Record::*member;

    SYNLOOM_INLINE Real operator()(Index s, Index, const Record& column) const { return weight[s] * column.*member; }
};

template <class Real>
SYNLOOM_INLINE ByNumber<Real> weighted(const Real* weight, Real number) {
    return {weight, number};
}

template <class Record, class Real>
SYNLOOM_INLINE ByColumn<Record, Real> weighted(const Real* weight, Real Record::*member) {
    return {weight, member};
}

#ifdef SYNLOOM_PAIRS
using TwoDoubles = double __attribute__((vector_size(16)));
using FourDoubles = double __attribute__((vector_size(32)));

template <class Vector>
SYNLOOM_INLINE Vector vector_at(const void* place) {
    Vector vector;
    __builtin_memcpy(&vector, place, sizeof vector);
    return vector;
}

/// One row of a sweep whose records are a value and a total: records[of[k]].total += weight[k] * number for all k.
/// Returns the sum of weight[k] * records[of[k]].value, in the order of fold. Two records share a register.
template <class Record, class Small, class Into, class Before>
SYNLOOM_INLINE double weighted_pairs(
    Index n, const Small* of, const double* weight, Record* records, double number, Into into, Before before) {
    const FourDoubles numbers = {number, number, number, number};
    FourDoubles a{}, b{}, c{}, d{};  // lanes 0 and 2 are the sums; the others, products of totals, are not used
    const auto both = [&](FourDoubles& sum, const FourDoubles& weights, Record& x, Record& y) SYNLOOM_LAMBDA {
        FourDoubles pair = __builtin_shufflevector(vector_at<TwoDoubles>(&x), vector_at<TwoDoubles>(&y), 0, 1, 2, 3);
        sum += weights * pair;
        pair += weights * numbers;
        into(x) = pair[1];
        into(y) = pair[3];
    };
    Index k = 0;
    for (; k + LANES <= n; k += LANES) {
        before(k);
        const EightOf<Small> j(of + k);
        const auto low = vector_at<FourDoubles>(weight + k), high = vector_at<FourDoubles>(weight + k + 4);
        both(a, __builtin_shufflevector(low, low, 0, 0, 1, 1), records[j[0]], records[j[1]]);
        both(b, __builtin_shufflevector(low, low, 2, 2, 3, 3), records[j[2]], records[j[3]]);
        both(c, __builtin_shufflevector(high, high, 0, 0, 1, 1), records[j[4]], records[j[5]]);
        both(d, __builtin_shufflevector(high, high, 2, 2, 3, 3), records[j[6]], records[j[7]]);
    }
    double rest = 0.0;
    for (; k < n; ++k) {
        SYNLOOM_AS_WRITTEN;
        const auto record = vector_at<TwoDoubles>(&records[of[k]]);
        rest += weight[k] * record[0];
        into(records[of[k]]) = record[1] + weight[k] * number;
    }
    const FourDoubles sums = (a + c) + (b + d);
    return (sums[0] + sums[2]) + rest;
}
#endif

}  // namespace synloom
