#include "events_csr_stdp_53dce7f6.hpp"

#include "synloom/events.hpp"
#include "synloom/math.hpp"

namespace synloom::events_csr_stdp_53dce7f6 {

void run(const Buffers& self, const Clock<double>& clock) {
    const double tau_pre = *self.tau_pre;
    const double tau_post = *self.tau_post;
    const bool learn = *self.plasticity;
    const auto now = static_cast<std::int32_t>(clock.step - 1);

    along_delays<Together>(
        self.spike_ring, self.column_of,
        Segments{self.segment_line, self.segment_delay, self.segment_first, self.segment_synapse, self.segment_other},
        self.cursor, self.on,
        [=](Index) {
            return [=](Index s, Index i) {
                const double A = self.A[s];
                double w = self.w[s];
                double x = self.x[s];
                double y = self.y[s];
                const double elapsed = double(steps_between(now, self.event_step[s])) * clock.dt;
                const bool apart = self.post_last_spike[self.row_ranks[i]] != clock.step - self.delay[s];

                // tau_pre * dx/dt = -x
                x *= exp(-elapsed * (1.0 / tau_pre));
                // tau_post * dy/dt = -y
                y *= exp(-elapsed * (1.0 / tau_post));
                // g_target += w
                self.g_target[self.row_ranks[i]] += w;
                // x += A
                x += A;
                // w -= y
                if (apart && learn) w -= y;
                if (apart && learn && w < 0.0) w = 0.0;

                self.w[s] = w;
                self.x[s] = x;
                self.y[s] = y;
                self.event_step[s] = now;
            };
        });
}

}  // namespace synloom::events_csr_stdp_53dce7f6
