#include "events_dense_synapses_47af6758.hpp"

#include "synloom/events.hpp"

namespace synloom::events_dense_synapses_47af6758 {

void run(const Buffers& self, const Clock<double>&) {
    const double w = *self.w;

    DenseRows{self.rows, self.columns}.along<Together>(
        self.spike_ring.list(*self.delay - 1), self.row_of,
        [=](Index) {
            return [=](Index, Index j) {
                // g_target += w
                self.g_target[self.first_column + j] += w;
            };
        });
}

}  // namespace synloom::events_dense_synapses_47af6758
