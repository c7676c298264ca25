// Compressed rows: the synapses of row i lie at [row_ptr[i], row_ptr[i + 1]).
#pragma once

#include "synloom/readers.hpp"

namespace synloom {

struct Csr {
    Index rows, columns;
    const std::int64_t* row_ptr;  // (rows + 1)
    const std::int32_t* column;   // (nnz) ascending within a row, without repetition

    /// One pass over the synapses that serves all readers (readers.hpp): at most one forward, any number backward.
    /// A column's value and its backward total should lie side by side in memory: fetched together, they make one
    /// pass cheaper than two.
    template <class... Readers>
    void sweep(const Readers&... readers) const {
        forward_first(
            [this](const auto& forward, const auto&... backward) {
                for (Index i = 0; i < rows; ++i) one(i, forward, bind(backward, i)...);
            },
            readers...);
    }

    /// row(i) returns the action (s, j) on row i's synapses. Actions must not depend on each other.
    template <class Row>
    void update(Row row) const {
        for (Index i = 0; i < rows; ++i) {
            const auto action = row(i);
            const Index first = row_ptr[i];
            const std::int32_t* j = column + first;
            each(row_ptr[i + 1] - first, [=](Index k) SYNLOOM_LAMBDA { action(first + k, j[k]); });
        }
    }

private:
    template <class Reader, class... Bound>
    void one(Index i, const Reader& forward, const Bound&... backward) const {
        using Op = typename Reader::Operation;
        const Index first = row_ptr[i], count = row_ptr[i + 1] - first;
        const std::int32_t* j = column + first;
        const auto row = forward.row(i);
        if constexpr (sizeof...(Bound) == 0) {
            const auto total = fold<Op>(count, [=](Index k) SYNLOOM_LAMBDA { return row(first + k, j[k]); });
            leave(forward, i, total, count);
        } else {
            leave(forward, i, scattered<Op>(first, count, j, row, backward...), count);
        }
    }

    /// A row's total in the order of fold, while the totals of its columns are updated. The columns of a row differ:
    /// four synapses are read before their columns are stored, so that no load waits for a store. One by one,
    /// scattered stores are faster than through vector registers.
    template <class Op, class Row, class... Bound>
    SYNLOOM_INLINE static auto scattered(
        Index first, Index count, const std::int32_t* j, const Row& row, const Bound&... backward) {
        using Real = decltype(row(first, Index(0)));
        // Named, since gcc keeps an array of accumulators in memory when it is filled one by one.
        Real a, b, c, d, e, f, g, h;
        a = b = c = d = e = f = g = h = Op::template identity<Real>();
        const auto four = [&](Index k, Real& w, Real& x, Real& y, Real& z) SYNLOOM_LAMBDA {
            const Index s = first + k, j0 = j[k], j1 = j[k + 1], j2 = j[k + 2], j3 = j[k + 3];
            const Real v0 = row(s, j0), v1 = row(s + 1, j1), v2 = row(s + 2, j2), v3 = row(s + 3, j3);
            (backward.four(s, j0, j1, j2, j3), ...);
            w = Op::combine(w, v0);
            x = Op::combine(x, v1);
            y = Op::combine(y, v2);
            z = Op::combine(z, v3);
        };
        Index k = 0;
        for (; k + LANES <= count; k += LANES) {
            four(k, a, b, c, d);
            four(k + 4, e, f, g, h);
        }
        Real rest = Op::template identity<Real>();
        for (; k < count; ++k) {
            const Real value = row(first + k, j[k]);
            commit(j[k], backward.read(first + k, j[k])...);
            rest = Op::combine(rest, value);
        }
        const Real even = Op::combine(Op::combine(a, e), Op::combine(c, g));
        const Real odd = Op::combine(Op::combine(b, f), Op::combine(d, h));
        return Op::combine(Op::combine(even, odd), rest);
    }

    template <class Reader, class Real>
    SYNLOOM_INLINE static void leave(const Reader& forward, Index i, Real total, Index count) {
        forward.leave(i, count == 0 ? Real(0) : total, count);
    }
};

}  // namespace synloom
