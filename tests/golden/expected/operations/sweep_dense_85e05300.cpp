#include "sweep_dense_85e05300.hpp"

#include "synloom/delays.hpp"
#include "synloom/dense.hpp"

namespace synloom::sweep_dense_85e05300 {

void run(const Buffers& self, const Clock<double>&) {
    const double w = *self.w;
    const auto column_r_line = DelayLine<double>{
        self.column_r_line, self.column_size, self.column_line_length, *self.column_r_line_head};

    Dense{self.rows, self.columns}.sweep(
        // max of w * pre.r over each row
        forward<Max>(
            [=](Index) {
                return [=](Index s, Index j) -> double {
                    const double column_r = column_r_line(self.forward_delay[s] - 1, self.column_ranks[j]);
                    return w * column_r;
                };
            },
            [=](Index i, double total, Index) {
                if (self.on_forward) self.forward_sum[self.row_ranks[i]] += total;
            }));
}

}  // namespace synloom::sweep_dense_85e05300
