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
            // Scattered stores: one by one they are faster than through vector registers.
            const auto total = fold_in_order<Op>(count, [&](Index k) SYNLOOM_LAMBDA {
                const auto value = row(first + k, j[k]);
                commit(j[k], backward.read(first + k, j[k])...);
                return value;
            });
            leave(forward, i, total, count);
        }
    }

    template <class Reader, class Real>
    SYNLOOM_INLINE static void leave(const Reader& forward, Index i, Real total, Index count) {
        forward.leave(i, count == 0 ? Real(0) : total, count);
    }
};

}  // namespace synloom
