#include "events_dense_synapses_8bc18382.hpp"

#include "synloom/events.hpp"

namespace synloom::events_dense_synapses_8bc18382 {

void run(const Buffers& self, const Clock<double>&) {
    DenseRows{self.rows, self.columns}.along<Together>(
        self.spike_ring.list(*self.delay - 1), self.row_of,
        [=](Index) {
            return [=](Index s, Index j) {
                const double w = self.w[s];

                // g_target += w
                self.g_target[self.first_column + j] += w;
            };
        },
        self.w);
}

}  // namespace synloom::events_dense_synapses_8bc18382
