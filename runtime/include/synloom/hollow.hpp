// Hollow store: a square without its diagonal, as a population that is connected to all of itself has it.
#pragma once

#include "synloom/dense.hpp"

namespace synloom {

/// Rows follow one another. Synapse s = i * (size - 1) + j joins row i and column j < i, s = i * (size - 1) + j - 1
/// the columns j > i: two runs as in a dense row.
struct Hollow {
    Index size;  // at least 2

    /// One pass over the synapses that serves all readers (readers.hpp): at most one forward, any number backward.
    template <class... Readers>
    void sweep(const Readers&... readers) const {
        forward_first(
            [this](const auto& forward, const auto&... backward) {
                Index i = 0;
                for (; i + 4 <= size; i += 4) four(i, forward, bind_four(backward, i, size - 1)...);
                for (; i < size; ++i) one(i, forward, bind(backward, i)...);
            },
            readers...);
    }

    /// row(i) returns the action (s, j) on row i's synapses. Actions must not depend on each other.
    template <class Row>
    void update(Row row) const {
        for (Index i = 0; i < size; ++i) {
            const auto action = row(i);
            const Index first = i * (size - 1), behind = first + i;
            each(i, [=](Index j) SYNLOOM_LAMBDA { action(first + j, j); });
            each(size - 1 - i, [=](Index k) SYNLOOM_LAMBDA { action(behind + k, i + 1 + k); });
        }
    }

private:
    template <class Reader, class... Fours>
    void four(Index i, const Reader& forward, const Fours&... backward) const {
        using Op = typename Reader::Operation;
        const Index first = i * (size - 1), width = size - 1;
        const auto a = forward.row(i), b = forward.row(i + 1), c = forward.row(i + 2), d = forward.row(i + 3);
        const auto left = fold_four_rows<Op>(0, i, first, width, a, b, c, d, backward...);
        const auto right = fold_four_rows<Op>(i + 4, size, first + i + 3, width, a, b, c, d, backward...);
        leave(forward, i, Op::combine(Op::combine(left.a, right.a), corner<Op>(i, i, a, only(backward, 0)...)));
        leave(forward, i + 1, Op::combine(Op::combine(left.b, right.b), corner<Op>(i, i + 1, b, only(backward, 1)...)));
        leave(forward, i + 2, Op::combine(Op::combine(left.c, right.c), corner<Op>(i, i + 2, c, only(backward, 2)...)));
        leave(forward, i + 3, Op::combine(Op::combine(left.d, right.d), corner<Op>(i, i + 3, d, only(backward, 3)...)));
    }

    /// A reader bound to one of its four rows.
    template <class Reader, class Row>
    SYNLOOM_INLINE static Bound<Reader, Row> only(const BoundFour<Reader, Row>& of, int place) {
        return {of.reader, place == 0 ? of.a : place == 1 ? of.b : place == 2 ? of.c : of.d};
    }

    /// The three synapses of row r among the four columns from ``from`` on, the row's own left out.
    template <class Op, class Row, class... Ones>
    SYNLOOM_INLINE auto corner(Index from, Index r, const Row& row, const Ones&... backward) const {
        auto total = Op::template identity<decltype(row(r, r))>();
        for (Index j = from; j < from + 4; ++j) {
            SYNLOOM_AS_WRITTEN;
            if (j == r) continue;
            const Index s = r * (size - 1) + j - (j > r);
            const auto value = row(s, j);
            commit(j, backward.read(s, j)...);
            total = Op::combine(total, value);
        }
        return total;
    }

    template <class Reader, class... Ones>
    void one(Index i, const Reader& forward, const Ones&... backward) const {
        using Op = typename Reader::Operation;
        const auto row = forward.row(i);
        const Index first = i * (size - 1);
        const auto left = fold_row<Op>(0, i, first, row, backward...);
        leave(forward, i, Op::combine(left, fold_row<Op>(i + 1, size, first + i, row, backward...)));
    }

    template <class Reader, class Real>
    SYNLOOM_INLINE void leave(const Reader& forward, Index i, Real total) const {
        forward.leave(i, total, size - 1);
    }
};

}  // namespace synloom
