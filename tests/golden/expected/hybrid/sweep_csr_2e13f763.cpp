#include "sweep_csr_2e13f763.hpp"

#include "synloom/csr.hpp"

namespace synloom::sweep_csr_2e13f763 {

void run(const Buffers& self, const Clock<double>&) {
    const double* w = self.w;
    const double* s_ = self.s_;

    Csr{self.rows, self.columns, self.row_ptr, self.column}.sweep(
        // sum of w * s * (2.0 - post.v) over each row
        forward<Sum>(
            [=](Index i) {
                const double row_v = self.row_v[self.row_ranks[i]];
                return [=](Index s, Index) -> double { return w[s] * s_[s] * (2.0 - row_v); };
            },
            [=](Index i, double total, Index) {
                if (self.on_forward) self.forward_sum[self.row_ranks[i]] += total;
            }));
}

}  // namespace synloom::sweep_csr_2e13f763
