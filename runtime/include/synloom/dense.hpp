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

/// Synapse s = i * columns + j joins row i and column j.
struct Dense {
    Index rows, columns;

    /// One pass over the synapses that serves all readers (readers.hpp): at most one forward, any number backward.
    template <class... Readers>
    void sweep(const Readers&... readers) const {
        forward_first(
            [this](const auto& forward, const auto&... backward) {
                Index i = 0;
                // Four rows share each load of a column's value and each update of its total.
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
        const Index first = i * columns, n = columns;
        const auto a = forward.row(i), b = forward.row(i + 1), c = forward.row(i + 2), d = forward.row(i + 3);
        const auto total = fold_four<typename Reader::Operation>(n, [&](Index j) SYNLOOM_LAMBDA {
            const Index s = first + j;
            const Four<decltype(a(s, j))> values{a(s, j), b(s + n, j), c(s + 2 * n, j), d(s + 3 * n, j)};
            commit(j, backward.read(s, j)...);
            return values;
        });
        leave(forward, i, total.a);
        leave(forward, i + 1, total.b);
        leave(forward, i + 2, total.c);
        leave(forward, i + 3, total.d);
    }

    template <class Reader, class... Bound>
    void one(Index i, const Reader& forward, const Bound&... backward) const {
        const Index first = i * columns;
        const auto row = forward.row(i);
        leave(forward, i, fold<typename Reader::Operation>(columns, [&](Index j) SYNLOOM_LAMBDA {
                  const auto value = row(first + j, j);
                  commit(j, backward.read(first + j, j)...);
                  return value;
              }));
    }

    template <class Reader, class Real>
    SYNLOOM_INLINE void leave(const Reader& forward, Index i, Real total) const {
        forward.leave(i, columns == 0 ? Real(0) : total, columns);
    }
};

}  // namespace synloom
