#include "events_csr_stdp_208fd8bd.hpp"

#include "synloom/events.hpp"
#include "synloom/math.hpp"

namespace synloom::events_csr_stdp_208fd8bd {

void run(const Buffers& self, const Clock<double>& clock) {
    const double tau_pre = *self.tau_pre;
    const double tau_post = *self.tau_post;
    const double w_max = *self.w_max;
    const bool learn = *self.plasticity;
    const auto now = static_cast<std::int32_t>(clock.step);

    CsrRows{self.row_ptr, self.column}.along<Together>(
        self.spike_ring.list(0), self.row_of,
        [=](Index i) {
            const double row_last_spike = double(self.row_last_spike[self.row_ranks[i]]);

            return [=](Index s, Index j) {
                const double A = self.A[s];
                double w = self.w[s];
                double x = self.x[s];
                double y = self.y[s];
                const double column_last_spike = double(self.column_last_spike[self.column_ranks[j]]);
                const double elapsed = double(steps_between(now, self.event_step[s])) * clock.dt;

                // tau_pre * dx/dt = -x
                x *= exp(-elapsed * (1.0 / tau_pre));
                // tau_post * dy/dt = -y
                y *= exp(-elapsed * (1.0 / tau_post));
                // y += A * (t_post - t_pre)
                y += A * (row_last_spike * clock.dt - column_last_spike * clock.dt);
                // w += x
                if (learn) w += x;
                if (learn && w > w_max) w = w_max;

                self.w[s] = w;
                self.x[s] = x;
                self.y[s] = y;
                self.event_step[s] = now;
            };
        },
        self.A, self.w, self.x, self.y, self.event_step);
}

}  // namespace synloom::events_csr_stdp_208fd8bd
