#include "events_csr_axons_9caf69f8.hpp"

#include "synloom/events.hpp"

namespace synloom::events_csr_axons_9caf69f8 {

void run(const Buffers& self, const Clock<double>&) {
    CsrRows{self.row_ptr, self.column}.along<OneByOne>(
        self.spike_ring.list(*self.delay - 1), self.row_of,
        [=](Index) {
            return [=](Index s, Index j) {
                const double w = self.w[s];

                // g_target += 0.5 * w
                self.g_target[self.first_column + j] += 0.5 * w;
                if (self.g_target[self.first_column + j] > 1.0) self.g_target[self.first_column + j] = 1.0;
            };
        },
        self.w);
}

}  // namespace synloom::events_csr_axons_9caf69f8
