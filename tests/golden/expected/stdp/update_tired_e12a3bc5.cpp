#include "update_tired_e12a3bc5.hpp"

#include "synloom/math.hpp"
#include "synloom/neurons.hpp"

namespace synloom::update_tired_e12a3bc5 {

void run(const Buffers& self, const Clock<double>& clock) {
    const Firing firing{self.refractory_left, self.spike_flags, self.axon_flags};

    each_neuron<InLanes<double>>(self.size, firing, [=](Index i, bool refractory) {
        const double tau = self.tau[i];
        double v = self.v[i];
        double rest = self.rest[i];
        double g_exc = self.g_exc[i];
        double g_fb = self.g_fb[i];
        const std::int64_t last_spike = self.last_spike[i];

        // tau * dv/dt = -v + g_exc + g_fb
        const double decay_v = 1.0 - exp(-clock.dt / tau);
        v = refractory ? v : v + decay_v * (g_exc + g_fb - v);
        if (v < -1.0) v = -1.0;
        // rest = t - t_last
        rest = refractory ? rest : clock.t - double(last_spike) * clock.dt;
        // g_exc = 0.0
        g_exc = 0.0;
        // g_fb = 0.0
        g_fb = 0.0;

        self.v[i] = v;
        self.rest[i] = rest;
        self.g_exc[i] = g_exc;
        self.g_fb[i] = g_fb;

        return Fires{
            // spike: v > 1.0
            !refractory && v > 1.0,
            // axon_spike: v > 0.8 and rest > 5.0
            v > 0.8 && rest > 5.0 && !(v > 1.0),
        };
    });

    // Neurons that fire.
    collect(self.size, self.spike_flags, self.spike_list, [=](Index i) {
        double period = self.period[i];
        double rest = self.rest[i];

        // v = 0.0
        double v = 0.0;
        // period += 0.5
        period += 0.5;
        if (period > 5.0) period = 5.0;

        self.period[i] = period;
        self.v[i] = v;
        self.last_spike[i] = clock.step;
        // refractory: period
        self.refractory_left[i] = steps_of(period, clock.dt);
        // axon_spike: v > 0.8 and rest > 5.0
        self.axon_flags[i] = v > 0.8 && rest > 5.0 && !(v > 1.0);
    });

    // Neurons with an axonal spike.
    collect(self.size, self.axon_flags, self.axon_list, [=](Index i) {
        double v = self.v[i];

        // v -= 0.1
        v -= 0.1;

        self.v[i] = v;
    });
}

}  // namespace synloom::update_tired_e12a3bc5
