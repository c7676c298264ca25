#include "update_rough_1d526df0.hpp"

#include "synloom/draws.hpp"
#include "synloom/neurons.hpp"

namespace synloom::update_rough_1d526df0 {

void run(const Buffers& self, const Clock<double>& clock) {
    const double tau = *self.tau;
    const Draws<double> draws(self.draw_state, self.draw_object);
    const Firing firing{self.refractory_left, self.spike_flags};

    each_neuron<AsTheyAre<double>>(self.size, firing, [=](Index i, bool refractory) {
        double threshold = self.threshold[i];
        double v = self.v[i];
        double g_exc = self.g_exc[i];
        double g_mod = self.g_mod[i];

        // tau*dv/dt = -v + g_exc + g_mod
        v = refractory ? v : v + clock.dt / tau * (-v + g_exc + g_mod);
        // g_exc = 0.0
        g_exc = 0.0;
        // g_mod = 0.0
        g_mod = 0.0;

        self.v[i] = v;
        self.g_exc[i] = g_exc;
        self.g_mod[i] = g_mod;

        // spike: v > threshold
        return !refractory && v > threshold;
    });

    // Neurons that fire.
    collect(self.size, self.spike_flags, self.spike_list, [=](Index i) {
        // v = Uniform(-0.1, 0.1)
        double v = draws(0, i, Uniform<double>{-0.1, 0.1});
        // threshold = Normal(1.0, 0.05)
        double threshold = draws(1, i, Normal<double>{1.0, 0.05});
        if (threshold < 0.5) threshold = 0.5;

        self.threshold[i] = threshold;
        self.v[i] = v;
        self.last_spike[i] = clock.step;
        // refractory
        self.refractory_left[i] = self.refractory_steps[i];
    });
}

}  // namespace synloom::update_rough_1d526df0
