#include "sweep_csr16_05abc8da.hpp"

#include "synloom/csr.hpp"
#include "synloom/delays.hpp"

namespace synloom::sweep_csr16_05abc8da {

// What a synapse reads of its column and adds to it, side by side in memory.
struct Column {
    double column_r;
    double column_r_undelayed;
    double back_total;
};

void run(const Buffers& self, const Clock<double>&) {
    const double* w = self.w;
    const auto column_r_line = DelayLine<double>{
        self.column_r_line, self.column_size, self.column_line_length, *self.column_r_line_head};
    const double* column_r_now = column_r_line.at(*self.forward_delay - 1);
    Column* column = reinterpret_cast<Column*>(self.scratch);

    each(self.columns, [=](Index j) {
        const Index rank = self.column_ranks[j];
        column[j].column_r = column_r_now[rank];
        column[j].column_r_undelayed = self.column_r[rank];
        column[j].back_total = Sum::identity<double>();
    });

    Csr{self.rows, self.columns, self.row_ptr, self.column}.sweep_records(
        column,
        [=](Index s) { fetch(w, s); },
        // sum of w * pre.r over each row
        forward<Sum>(
            [=](Index) {
                return weighted(w, &Column::column_r);
            },
            [=](Index i, double total, Index) {
                if (self.on_forward) self.forward_sum[self.row_ranks[i]] += total;
            }),
        // mean of w * (pre.r - post.r) over each column (transposed)
        backward<Sum>(
            [=](Column& at) -> double& { return at.back_total; },
            [=](Index i) {
                const double row_r = self.row_r[self.row_ranks[i]];
                return [=](Index s, Index, const Column& at) -> double {
                    return w[s] * (row_r - at.column_r_undelayed);
                };
            }));

    if (self.on_back) {
        for (Index j = 0; j < self.columns; ++j) {
            if (self.column_counts[j] == 0) continue;
            self.back_sum[self.column_ranks[j]] += column[j].back_total / static_cast<double>(self.column_counts[j]);
        }
    }
}

}  // namespace synloom::sweep_csr16_05abc8da
