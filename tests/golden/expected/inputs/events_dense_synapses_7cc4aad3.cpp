#include "events_dense_synapses_7cc4aad3.hpp"

#include "synloom/events.hpp"

namespace synloom::events_dense_synapses_7cc4aad3 {

void run(const Buffers& self, const Clock<double>&) {
    const double w = *self.w;
    const SpikeRing spikes{self.spike_ranks, self.spike_counts, self.spike_neurons, self.spike_rows, *self.spike_head};

    DenseRows{self.rows, self.columns}.along<Together>(
        spikes.list(*self.delay - 1), self.row_of,
        [=](Index) {
            return [=](Index, Index j) {
                // g_target += w
                self.g_target[self.first_column + j] += w;
            };
        });
}

}  // namespace synloom::events_dense_synapses_7cc4aad3
