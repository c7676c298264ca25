// Dense store: every (row, column) has a synapse, row after row.
#pragma once

#include "synloom/readers.hpp"

namespace synloom {

/// A backward reader bound to four successive rows of a dense store.
template <class Reader, class Row>
struct BoundFour {
    const Reader& reader;
    Row a, b, c, d;
    Index columns;

    template <class Real>
    struct Pending {
        const Reader& reader;
        Four<Real> value;

        SYNLOOM_INLINE void commit(Index j) const {
            using Op = typename Reader::Operation;
            auto& into = reader.into(j);
            auto total = Op::combine(into, value.a);
            total = Op::combine(total, value.b);
            total = Op::combine(total, value.c);
            into = Op::combine(total, value.d);
        }
    };

    SYNLOOM_INLINE auto read(Index s, Index j) const {
        using Real = decltype(a(s, j));
        return Pending<Real>{
            reader, {a(s, j), b(s + columns, j), c(s + 2 * columns, j), d(s + 3 * columns, j)}};
    }
};

template <class Reader>
SYNLOOM_INLINE auto bind_four(const Reader& reader, Index i, Index columns) {
    return BoundFour<Reader, decltype(reader.row(i))>{
        reader, reader.row(i), reader.row(i + 1), reader.row(i + 2), reader.row(i + 3), columns};
}

/// One row along the columns [from, to), whose synapses are start, start + 1, ...: its total, and what readers add to
/// columns.
template <class Op, class Row, class... Bound>
SYNLOOM_INLINE auto fold_row(Index from, Index to, Index start, const Row& row, const Bound&... backward) {
    return fold<Op>(to - from, [&](Index k) SYNLOOM_LAMBDA {
        const auto value = row(start + k, from + k);
        commit(from + k, backward.read(start + k, from + k)...);
        return value;
    });
}

/// Four successive rows along the columns [from, to): start is the first synapse of the first, stride the distance to
/// that of the next. They share each load of a column's value and each update of its total.
template <class Op, class Row, class... Bound>
SYNLOOM_INLINE auto fold_four_rows(
    Index from, Index to, Index start, Index stride, const Row& a, const Row& b, const Row& c, const Row& d,
    const Bound&... backward) {
    return fold_four<Op>(to - from, [&](Index k) SYNLOOM_LAMBDA {
        const Index j = from + k, s = start + k;
        const Four<decltype(a(s, j))> values{a(s, j), b(s + stride, j), c(s + 2 * stride, j), d(s + 3 * stride, j)};
        commit(j, backward.read(s, j)...);
        return values;
    });
}

/// Synapse s = i * columns + j joins row i and column j.
struct Dense {
    Index rows, columns;

    /// One pass over the synapses that serves all readers (readers.hpp): at most one forward, any number backward.
    template <class... Readers>
    void sweep(const Readers&... readers) const {
        forward_first(
            [this](const auto& forward, const auto&... backward) {
                Index i = 0;
                for (; i + 4 <= rows; i += 4) four(i, forward, bind_four(backward, i, columns)...);
                for (; i < rows; ++i) one(i, forward, bind(backward, i)...);
            },
            readers...);
    }

    /// row(i) returns the action (s, j) on row i's synapses. Actions must not depend on each other.
    template <class Row>
    void update(Row row) const {
        for (Index i = 0; i < rows; ++i) {
            const auto action = row(i);
            const Index first = i * columns;
            each(columns, [=](Index j) SYNLOOM_LAMBDA { action(first + j, j); });
        }
    }

private:
    template <class Reader, class... Bound>
    void four(Index i, const Reader& forward, const Bound&... backward) const {
        const auto a = forward.row(i), b = forward.row(i + 1), c = forward.row(i + 2), d = forward.row(i + 3);
        const auto total = fold_four_rows<typename Reader::Operation>(
            0, columns, i * columns, columns, a, b, c, d, backward...);
        leave(forward, i, total.a);
        leave(forward, i + 1, total.b);
        leave(forward, i + 2, total.c);
        leave(forward, i + 3, total.d);
    }

    template <class Reader, class... Bound>
    void one(Index i, const Reader& forward, const Bound&... backward) const {
        leave(forward, i,
              fold_row<typename Reader::Operation>(0, columns, i * columns, forward.row(i), backward...));
    }

    template <class Reader, class Real>
    SYNLOOM_INLINE void leave(const Reader& forward, Index i, Real total) const {
        forward.leave(i, columns == 0 ? Real(0) : total, columns);
    }
};

}  // namespace synloom
