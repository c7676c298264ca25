#include "sweep_csr16_a1454df8.hpp"

#include "synloom/csr.hpp"

namespace synloom::sweep_csr16_a1454df8 {

// What a synapse reads of its column and adds to it, side by side in memory.
struct Column {
    double column_r;
};

void run(const Buffers& self, const Clock<double>&) {
    const double* w = self.w;
    Column* column = reinterpret_cast<Column*>(self.scratch);

    each(self.columns, [=](Index j) {
        const Index rank = self.column_ranks[j];
        column[j].column_r = self.column_r[rank];
    });

    Csr{self.rows, self.columns, self.row_ptr, self.column}.sweep_records(
        column,
        [=](Index s) { fetch(w, s); },
        // mean of w * pre.r over each row
        forward<Sum>(
            [=](Index) {
                return weighted(w, &Column::column_r);
            },
            [=](Index i, double total, Index count) {
                if (count > 0) total /= static_cast<double>(count);
                if (self.on_forward) self.forward_sum[self.row_ranks[i]] += total;
            }));
}

}  // namespace synloom::sweep_csr16_a1454df8
