#include "events_csr_synapses_11b908b1.hpp"

#include "synloom/events.hpp"

namespace synloom::events_csr_synapses_11b908b1 {

void run(const Buffers& self, const Clock<double>&) {
    CsrRows{self.row_ptr, self.column}.along<OneByOne>(
        self.spike_ring.list(0), self.row_of,
        [=](Index) {
            return [=](Index s, Index j) {
                const double w = self.w[s];

                // g_target += w
                self.g_target[self.first_column + j] += w;
            };
        },
        self.w);
}

}  // namespace synloom::events_csr_synapses_11b908b1
