// Compressed rows: the synapses of row i lie at [row_ptr[i], row_ptr[i + 1]).
#pragma once

#include "synloom/weighted.hpp"

namespace synloom {

/// The columns of a sweep whose readers find by index what belongs to one: into(j), and values (s, j).
struct ByIndex {
    SYNLOOM_INLINE void ask(Index) const {}
    SYNLOOM_INLINE Index operator[](Index j) const { return j; }
    SYNLOOM_INLINE Index load(Index j) const { return j; }
    template <class Value>
    SYNLOOM_INLINE static auto value(const Value& value, Index s, Index j, Index) {
        return value(s, j);
    }
};

#ifdef SYNLOOM_KEEP
using Eight = float __attribute__((vector_size(8)));
using Sixteen = float __attribute__((vector_size(16)));

template <class Vector, class Record>
SYNLOOM_INLINE Record loaded_as(const Record& record) {
    Vector vector;
    __builtin_memcpy(&vector, &record, sizeof vector);
    SYNLOOM_KEEP(vector);
    Record copy;
    __builtin_memcpy(&copy, &vector, sizeof copy);
    return copy;
}
#endif

/// A copy of the record of a column.
template <class Record>
SYNLOOM_INLINE Record loaded(const Record& record) {
#ifdef SYNLOOM_KEEP
    // Left to itself, gcc loads a record member by member, and these loads limit a sweep over scattered columns.
    if constexpr (sizeof(Record) == sizeof(Sixteen)) return loaded_as<Sixteen>(record);
    if constexpr (sizeof(Record) == sizeof(Eight)) return loaded_as<Eight>(record);
#endif
    return record;
}

/// The columns of a sweep that keeps what belongs to one side by side in a record: into(record), and values
/// (s, j, record). ask(s) fetches (kernel.hpp) what readers need of synapse s.
template <class Record, class Ask>
struct Records {
    Record* columns;
    Ask ask;

    SYNLOOM_INLINE Record& operator[](Index j) const { return columns[j]; }
    SYNLOOM_INLINE Record load(Index j) const { return loaded(columns[j]); }
    template <class Value>
    SYNLOOM_INLINE static auto value(const Value& value, Index s, Index j, const Record& record) {
        return value(s, j, record);
    }
};

/// A backward reader bound to one row of a sparse store.
template <class Columns, class Reader, class Row>
struct BoundTo {
    const Reader& reader;
    Row row;

    /// A synapse's value, computed but not yet combined with its column.
    template <class Real>
    struct Pending {
        const Reader& reader;
        Real value;

        /// ``before`` is the column as it was loaded: nothing else of the sweep has changed it since.
        template <class Column, class Loaded>
        SYNLOOM_INLINE void commit(Column&& column, Loaded& before) const {
            reader.into(column) = Reader::Operation::combine(reader.into(before), value);
        }
    };

    template <class Loaded>
    SYNLOOM_INLINE auto read(Index s, Index j, const Loaded& column) const {
        return Pending<decltype(Columns::value(row, s, j, column))>{reader, Columns::value(row, s, j, column)};
    }
};

/// Whether a sweep is the usual one: sums of weight times value over rows, and of weight times number over columns.
template <class Columns, class Reader, class Row, class... Bound>
inline constexpr bool are_pairs = false;

template <class Record, class Ask, class Reader, class Back>
inline constexpr bool are_pairs<Records<Record, Ask>, Reader, ByColumn<Record, double>,
                                BoundTo<Records<Record, Ask>, Back, ByNumber<double>>> =
    sizeof(Record) == 2 * sizeof(double) && std::is_same_v<typename Reader::Operation, Sum> &&
    std::is_same_v<typename Back::Operation, Sum>;

/// Place is the integer type of places of columns: as small as they allow.
template <class Place>
struct Csr {
    Index rows, columns;
    const std::int64_t* row_ptr;  // (rows + 1)
    const Place* column;          // (nnz) ascending within a row, without repetition

    /// One pass over the synapses that serves all readers (readers.hpp): at most one forward, any number backward.
    template <class... Readers>
    void sweep(const Readers&... readers) const {
        sweep_by(ByIndex{}, readers...);
    }

    /// The same for readers that share a record per column: fetched together, a column's value and its backward total
    /// make one pass cheaper than two.
    template <class Record, class Ask, class... Readers>
    void sweep_records(Record* records, Ask ask, const Readers&... readers) const {
        sweep_by(Records<Record, Ask>{records, ask}, readers...);
    }

    /// row(i) returns the action (s, j) on row i's synapses. Actions must not depend on each other.
    template <class Row>
    void update(Row row) const {
        for (Index i = 0; i < rows; ++i) {
            const auto action = row(i);
            const Index first = row_ptr[i];
            const Place* j = column + first;
            each(row_ptr[i + 1] - first, [=](Index k) SYNLOOM_LAMBDA { action(first + k, j[k]); });
        }
    }

private:
    /// How many synapses ahead arrays are fetched. Processors do it by themselves, but not far enough when others are
    /// at work on the same cache.
    static constexpr Index AHEAD = 512;

    template <class Columns, class... Readers>
    void sweep_by(const Columns& per_column, const Readers&... readers) const {
        forward_first(
            [=, this](const auto& forward, const auto&... backward) {
                for (Index i = 0; i < rows; ++i) one(i, per_column, forward, bind_to<Columns>(backward, i)...);
            },
            readers...);
    }

    template <class One>
    SYNLOOM_INLINE static const One& only(const One& one) {
        return one;
    }

    template <class Columns, class Reader>
    SYNLOOM_INLINE static auto bind_to(const Reader& reader, Index i) {
        return BoundTo<Columns, Reader, decltype(reader.row(i))>{reader, reader.row(i)};
    }

    template <class Columns, class Reader, class... Bound>
    void one(Index i, const Columns& per_column, const Reader& forward, const Bound&... backward) const {
        using Op = typename Reader::Operation;
        const Index first = row_ptr[i], count = row_ptr[i + 1] - first;
        const Place* j = column + first;
        const auto row = forward.row(i);
        if constexpr (sizeof...(Bound) == 0) {
            const auto synapse = [=](Index k, Index at) SYNLOOM_LAMBDA {
                return Columns::value(row, first + k, at, per_column[at]);
            };
            if constexpr (Reader::several)
                leave(forward, i, fold<Op>(count, [=](Index k) SYNLOOM_LAMBDA { return synapse(k, j[k]); }), count);
            else
                leave(forward, i, fold_in_order<Op>(count, j, synapse, [](Index) SYNLOOM_LAMBDA {}), count);
        } else {
            // Scattered stores: one by one they are faster than through vector registers.
            const auto synapse = [&](Index k, Index at) SYNLOOM_LAMBDA {
                auto before = per_column.load(at);
                const auto value = Columns::value(row, first + k, at, before);
                commit(per_column[at], before, backward.read(first + k, at, before)...);
                return value;
            };
            const auto ahead = [&](Index k) SYNLOOM_LAMBDA {
                fetch(column, first + k + AHEAD);
                per_column.ask(first + k + AHEAD);
            };
#ifdef SYNLOOM_PAIRS
            if constexpr (are_pairs<Columns, Reader, std::remove_const_t<decltype(row)>, Bound...>) {
                const auto& back = only(backward...);
                const auto total = weighted_pairs(
                    count, j, row.weight + first, per_column.columns, back.row.number, back.reader.into, ahead);
                return leave(forward, i, total, count);
            }
#endif
            leave(forward, i, fold_in_order<Op>(count, j, synapse, ahead), count);
        }
    }

    /// Combines values that were all computed beforehand: no weight is loaded again because something was stored.
    template <class Column, class Loaded, class... Pending>
    SYNLOOM_INLINE static void commit(Column&& column, Loaded& before, const Pending&... pending) {
        (pending.commit(column, before), ...);
    }

    template <class Reader, class Real>
    SYNLOOM_INLINE static void leave(const Reader& forward, Index i, Real total, Index count) {
        forward.leave(i, count == 0 ? Real(0) : total, count);
    }
};

template <class Place>
Csr(Index, Index, const std::int64_t*, const Place*) -> Csr<Place>;

}  // namespace synloom
