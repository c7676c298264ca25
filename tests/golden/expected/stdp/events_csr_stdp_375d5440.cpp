#include "events_csr_stdp_375d5440.hpp"

#include "synloom/events.hpp"

namespace synloom::events_csr_stdp_375d5440 {

void run(const Buffers& self, const Clock<double>&) {
    CsrRows{self.row_ptr, self.column}.along<OneByOne>(
        self.spike_ring.list(*self.delay - 1), self.row_of,
        [=](Index) {
            return [=](Index s, Index j) {
                const double w = self.w[s];

                // g_target += w
                self.g_target[self.column_ranks[j]] += w;
            };
        },
        self.w);
}

}  // namespace synloom::events_csr_stdp_375d5440
