// Events: a spike visits the synapses of its neuron, along a row or along a column of the store.
//
// along(spikes, line_of, visit, values...)   visit(line) returns the action (s, other) on the synapses s of the spike's
//                                            line; `other` is the index at their other end. What depends on the line
//                                            alone is computed once by visit(line) and captured.
//
// Spikes follow one another in ascending rank. The synapses of one line lead to different neurons, so their actions do
// not depend on each other. `values` are arrays with one value per synapse, fetched early.
#pragma once

#include "synloom/spikes.hpp"

namespace synloom {

/// Rows of compressed rows.
struct CsrRows {
    const std::int64_t* row_ptr;  // (rows + 1)
    const std::int32_t* column;   // (nnz)

    template <class Way, class Visit, class... Values>
    SYNLOOM_INLINE void along(
        const SpikeList& spikes, const std::int32_t* row_of, Visit visit, const Values*... values) const {
        each_line(
            spikes, row_of,
            [&](Index i) SYNLOOM_LAMBDA {
                const Index first = row_ptr[i];
                const std::int32_t* j = column + first;
                const auto action = visit(i);
                Way::paired(row_ptr[i + 1] - first, j,
                            [=](Index k, Index to) SYNLOOM_LAMBDA { action(first + k, to); });
            },
            [&](Index i) SYNLOOM_LAMBDA {
                const Index first = row_ptr[i], count = row_ptr[i + 1] - first;
                fetch_all(column, first, count);
                (fetch_all(values, first, count), ...);
            });
    }
};

/// Columns of compressed rows, through the reverse index.
struct CsrColumns {
    const std::int64_t* column_ptr;  // (columns + 1)
    const std::int32_t* synapse;     // (nnz) places in the store, sorted by column, then by row
    const std::int32_t* row;         // (nnz) rows of these synapses

    template <class Way, class Visit, class... Values>
    SYNLOOM_INLINE void along(
        const SpikeList& spikes, const std::int32_t* column_of, Visit visit, const Values*... values) const {
        each_line(
            spikes, column_of,
            [&](Index j) SYNLOOM_LAMBDA {
                const Index first = column_ptr[j];
                const std::int32_t *s = synapse + first, *i = row + first;
                const auto action = visit(j);
                Way::each(column_ptr[j + 1] - first, [=](Index k) SYNLOOM_LAMBDA { action(s[k], i[k]); });
            },
            [&]([[maybe_unused]] Index j) SYNLOOM_LAMBDA {
                for (Index k = column_ptr[j]; k < column_ptr[j + 1]; ++k) (fetch(values, synapse[k]), ...);
            });
    }
};

/// Rows of a dense store.
struct DenseRows {
    Index rows, columns;

    template <class Way, class Visit, class... Values>
    SYNLOOM_INLINE void along(
        const SpikeList& spikes, const std::int32_t* row_of, Visit visit, const Values*... values) const {
        each_line(
            spikes, row_of,
            [&](Index i) SYNLOOM_LAMBDA {
                const Index first = i * columns;
                const auto action = visit(i);
                Way::each(columns, [=](Index j) SYNLOOM_LAMBDA { action(first + j, j); });
            },
            [&]([[maybe_unused]] Index i) SYNLOOM_LAMBDA { (fetch_all(values, i * columns, columns), ...); });
    }
};

/// Columns of a dense store.
struct DenseColumns {
    Index rows, columns;

    template <class Way, class Visit, class... Values>
    SYNLOOM_INLINE void along(
        const SpikeList& spikes, const std::int32_t* column_of, Visit visit, const Values*... values) const {
        each_line(
            spikes, column_of,
            [&](Index j) SYNLOOM_LAMBDA {
                const Index n = columns;
                const auto action = visit(j);
                if constexpr (Way::AT_ONCE) {
                    // Every value is loaded and stored on its own: short vectors leave fewer over at the end.
                    SYNLOOM_SHORT_SIMD
                    for (Index i = 0; i < rows; ++i) action(i * n + j, i);
                } else {
                    for (Index i = 0; i < rows; ++i) action(i * n + j, i);
                }
            },
            [&]([[maybe_unused]] Index j) SYNLOOM_LAMBDA {
                // Nearer than that, fetching costs more than it saves: a column's loads do not wait for each other.
                if (rows * columns * (Index(0) + ... + Index(sizeof(Values))) < BEYOND_CACHES) return;
                for (Index i = 0; i < rows; ++i) (fetch(values, i * columns + j), ...);
            });
    }
};

}  // namespace synloom
