#include "sweep_dense_44bb9620.hpp"

#include "synloom/dense.hpp"

namespace synloom::sweep_dense_44bb9620 {

void run(const Buffers& self, const Clock<double>&) {
    const double w = *self.w;
    double* column_r = self.scratch;

    each(self.columns, [=](Index j) {
        const Index rank = self.column_ranks[j];
        column_r[j] = self.column_r[rank];
    });

    Dense{self.rows, self.columns}.sweep(
        // sum of w * pre.r over each row
        forward<Sum>(
            [=](Index) {
                return [=](Index, Index j) -> double { return w * column_r[j]; };
            },
            [=](Index i, double total, Index) {
                if (self.on_forward) self.forward_sum[self.row_ranks[i]] += total;
            }));
}

}  // namespace synloom::sweep_dense_44bb9620
