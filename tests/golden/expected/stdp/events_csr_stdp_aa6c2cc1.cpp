#include "events_csr_stdp_aa6c2cc1.hpp"

#include "synloom/events.hpp"

namespace synloom::events_csr_stdp_aa6c2cc1 {

void run(const Buffers& self, const Clock<double>&) {
    CsrRows{self.row_ptr, self.column}.along<OneByOne>(
        self.spike_ring.list(0), self.row_of,
        [=](Index) {
            return [=](Index s, Index j) {
                const double w = self.w[s];

                // g_target += w
                self.g_target[self.column_ranks[j]] += w;
            };
        },
        self.w);
}

}  // namespace synloom::events_csr_stdp_aa6c2cc1
