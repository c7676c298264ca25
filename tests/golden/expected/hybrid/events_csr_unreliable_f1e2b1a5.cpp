#include "events_csr_unreliable_f1e2b1a5.hpp"

#include "synloom/draws.hpp"
#include "synloom/events.hpp"

namespace synloom::events_csr_unreliable_f1e2b1a5 {

void run(const Buffers& self, const Clock<double>&) {
    const double p = *self.p;
    const Draws<double> draws(self.draw_state, self.draw_object);
    const bool learn = *self.plasticity;

    CsrColumns{self.reverse_ptr, self.reverse_synapse, self.reverse_row}.along<OneByOne>(
        self.spike_ring.list(*self.delay - 1), self.column_of,
        [=](Index j) {
            return [=](Index s, Index i) {
                double w = self.w[s];
                double s_ = self.s_[s];
                const Index element = synapse_element(self.row_ranks[i], self.column_ranks[j]);

                // s += ite(Uniform(0.0, 1.0) < p, 1.0, 0.0)
                s_ += draws(0, element, Uniform<double>{0.0, 1.0}) < p ? 1.0 : 0.0;
                // w *= 0.99
                if (learn) w *= 0.99;

                self.w[s] = w;
                self.s_[s] = s_;
            };
        },
        self.w, self.s_);
}

}  // namespace synloom::events_csr_unreliable_f1e2b1a5
