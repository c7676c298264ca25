#include "sweep_dense_3d5fa6bf.hpp"

#include "synloom/dense.hpp"

namespace synloom::sweep_dense_3d5fa6bf {

void run(const Buffers& self, const Clock<double>&) {
    const double* w = self.w;
    double* column_r = self.scratch;
    double* back_total = self.scratch + self.columns;

    each(self.columns, [=](Index j) {
        const Index rank = self.column_ranks[j];
        column_r[j] = self.column_r[rank];
        back_total[j] = Sum::identity<double>();
    });

    Dense{self.rows, self.columns}.sweep(
        // sum of w * pre.r over each row
        forward<Sum>(
            [=](Index) {
                return [=](Index s, Index j) -> double { return w[s] * column_r[j]; };
            },
            [=](Index i, double total, Index) {
                if (self.on_forward) self.forward_sum[self.row_ranks[i]] += total;
            }),
        // sum of w * pre.r over each column (transposed)
        backward<Sum>(
            [=](Index j) -> double& { return back_total[j]; },
            [=](Index i) {
                const double row_r = self.row_r[self.row_ranks[i]];
                return [=](Index s, Index) -> double { return w[s] * row_r; };
            }));

    if (self.on_back) {
        for (Index j = 0; j < self.columns; ++j) {
            self.back_sum[self.column_ranks[j]] += back_total[j];
        }
    }
}

}  // namespace synloom::sweep_dense_3d5fa6bf
