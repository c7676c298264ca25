#include "events_dense_synapses_aa7bcff9.hpp"

#include "synloom/events.hpp"

namespace synloom::events_dense_synapses_aa7bcff9 {

void run(const Buffers& self, const Clock<double>&) {
    DenseRows{self.rows, self.columns}.along<Together>(
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

}  // namespace synloom::events_dense_synapses_aa7bcff9
