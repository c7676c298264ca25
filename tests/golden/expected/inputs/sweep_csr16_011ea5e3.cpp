#include "sweep_csr16_011ea5e3.hpp"

#include "synloom/csr.hpp"

namespace synloom::sweep_csr16_011ea5e3 {

// What a synapse reads of its column and adds to it, side by side in memory.
struct Column {
    double column_r;
};

void run(const Buffers& self, const Clock<double>&) {
    const double w = *self.w;
    Column* column = reinterpret_cast<Column*>(self.scratch);

    each(self.columns, [=](Index j) {
        const Index rank = self.column_ranks[j];
        column[j].column_r = self.column_r[rank];
    });

    Csr{self.rows, self.columns, self.row_ptr, self.column}.sweep_records(
        column,
        [](Index) {},
        // sum of w * pre.r over each row
        forward<Sum>(
            [=](Index) {
                return [=](Index, Index, const Column& at) -> double { return w * at.column_r; };
            },
            [=](Index i, double total, Index) {
                if (self.on_forward) self.forward_sum[self.row_ranks[i]] += total;
            }));
}

}  // namespace synloom::sweep_csr16_011ea5e3
