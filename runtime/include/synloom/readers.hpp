// Readers of a weight store: what a sweep over its synapses computes.
//
// forward<Op>(row, leave)   row(i) returns the value (s, j) -> Real of row i's synapses; leave(i, total, count) takes
//                           the row's total. The total of a row without synapses is 0.
// backward<Op>(into, row)   into(j) returns the accumulator of column j, a Real&, set to Op::identity() beforehand;
//                           values are combined with it in ascending order of the rows.
//
// A store may keep a record of each column (csr.hpp): then values take it as well, (s, j, record) -> Real, and into
// takes it instead of j.
//
// Here s is the synapse's position in the store, i its row and j its column. What depends on the row alone is
// computed once by row(i) and captured. No value may read what a reader of the same sweep writes.
#pragma once

#include "synloom/fold.hpp"

namespace synloom {

/// How the values of a row are computed where columns are scattered: one after the other, or several at a time, which
/// pays off for values that take long.
struct Single {};
struct Several {};

template <class Op, class Way, class Row, class Leave>
struct Forward {
    static constexpr bool is_forward = true;
    static constexpr bool several = std::is_same_v<Way, Several>;
    using Operation = Op;
    Row row;
    Leave leave;
};

template <class Op, class Into, class Row>
struct Backward {
    static constexpr bool is_forward = false;
    using Operation = Op;
    Into into;
    Row row;
};

template <class Op, class Way = Single, class Row, class Leave>
SYNLOOM_INLINE Forward<Op, Way, Row, Leave> forward(Row row, Leave leave) {
    return {row, leave};
}

template <class Op, class Into, class Row>
SYNLOOM_INLINE Backward<Op, Into, Row> backward(Into into, Row row) {
    return {into, row};
}

/// The forward reader of a sweep that has none.
struct NoForward {
    static constexpr bool is_forward = true;
    static constexpr bool several = false;
    using Operation = Sum;
    struct Zero {
        template <class... Record>
        SYNLOOM_INLINE int operator()(Index, Index, const Record&...) const {
            return 0;
        }
    };
    SYNLOOM_INLINE Zero row(Index) const { return {}; }
    SYNLOOM_INLINE void leave(Index, int, Index) const {}
};

/// Calls walk(forward, backward...) with the readers sorted so.
template <class Walk, class First, class... Rest>
void forward_first(const Walk& walk, const First& first, const Rest&... rest) {
    if constexpr (First::is_forward) {
        static_assert(!(Rest::is_forward || ...), "a sweep has at most one forward reader");
        walk(first, rest...);
    } else if constexpr ((Rest::is_forward || ...)) {
        forward_first(walk, rest..., first);
    } else {
        walk(NoForward{}, first, rest...);
    }
}

/// A backward reader bound to one row.
template <class Reader, class Row>
struct Bound {
    const Reader& reader;
    Row row;

    /// A synapse's value, computed but not yet combined with its column.
    template <class Real>
    struct Pending {
        const Reader& reader;
        Real value;

        SYNLOOM_INLINE void commit(Index j) const {
            auto& total = reader.into(j);
            total = Reader::Operation::combine(total, value);
        }
    };

    SYNLOOM_INLINE auto read(Index s, Index j) const {
        return Pending<decltype(row(s, j))>{reader, row(s, j)};
    }
};

template <class Reader>
SYNLOOM_INLINE auto bind(const Reader& reader, Index i) {
    return Bound<Reader, decltype(reader.row(i))>{reader, reader.row(i)};
}

/// Combines values that were all computed beforehand: no weight is loaded again because something was stored.
template <class... Pending>
SYNLOOM_INLINE void commit([[maybe_unused]] Index j, const Pending&... pending) {
    (pending.commit(j), ...);
}

}  // namespace synloom
