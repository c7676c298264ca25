#include "sweep_dense_2ddfd753.hpp"

#include "synloom/dense.hpp"
#include "synloom/draws.hpp"

namespace synloom::sweep_dense_2ddfd753 {

void run(const Buffers& self, const Clock<double>&) {
    const double* w = self.w;
    double* column_r = self.scratch;
    double* back_total = self.scratch + self.columns;
    const Draws<double> forward_draws(self.draw_state, self.forward_draws);
    const Draws<double> back_draws(self.draw_state, self.back_draws);

    each(self.columns, [=](Index j) {
        const Index rank = self.column_ranks[j];
        column_r[j] = self.column_r[rank];
        back_total[j] = Sum::identity<double>();
    });

    Dense{self.rows, self.columns}.sweep(
        // sum of w * pre.r * Uniform(0.5, 1.5) over each row
        forward<Sum>(
            [=](Index i) {
                return [=](Index s, Index j) -> double {
                    const Index element = synapse_element(self.row_ranks[i], self.column_ranks[j]);
                    return w[s] * column_r[j] * forward_draws(2, element, Uniform<double>{0.5, 1.5});
                };
            },
            [=](Index i, double total, Index) {
                if (self.on_forward) self.forward_sum[self.row_ranks[i]] += total;
            }),
        // sum of w * pre.r + Exponential(10.0) over each column (transposed)
        backward<Sum>(
            [=](Index j) -> double& { return back_total[j]; },
            [=](Index i) {
                const double row_r = self.row_r[self.row_ranks[i]];
                return [=](Index s, Index j) -> double {
                    const Index element = synapse_element(self.row_ranks[i], self.column_ranks[j]);
                    return w[s] * row_r + back_draws(0, element, Exponential<double>{10.0});
                };
            }));

    if (self.on_back) {
        for (Index j = 0; j < self.columns; ++j) {
            self.back_sum[self.column_ranks[j]] += back_total[j];
        }
    }
}

}  // namespace synloom::sweep_dense_2ddfd753
