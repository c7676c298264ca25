#include "update_coba_101ea859.hpp"

#include "synloom/neurons.hpp"

namespace synloom::update_coba_101ea859 {

void run(const Buffers& self, const Clock<double>& clock) {
    const double El = *self.El;
    const double Vr = *self.Vr;
    const double Vt = *self.Vt;
    const double Erev_exc = *self.Erev_exc;
    const double Erev_inh = *self.Erev_inh;
    const double tau = *self.tau;
    const double tau_exc = *self.tau_exc;
    const double tau_inh = *self.tau_inh;
    const double I = *self.I;
    const Firing firing{self.refractory_left, self.spike_flags};

    each_neuron<AsTheyAre<double>>(self.size, firing, [=](Index i, bool refractory) {
        double v = self.v[i];
        double g_exc = self.g_exc[i];
        double g_inh = self.g_inh[i];

        // tau * dv/dt = (El - v) + g_exc * (Erev_exc - v) + g_inh * (Erev_inh - v) + I
        v = refractory ? v
            : v + clock.dt / tau * (El - v + g_exc * (Erev_exc - v) + g_inh * (Erev_inh - v) + I);
        // tau_exc * dg_exc/dt = -g_exc
        g_exc -= clock.dt / tau_exc * g_exc;
        // tau_inh * dg_inh/dt = -g_inh
        g_inh -= clock.dt / tau_inh * g_inh;

        self.v[i] = v;
        self.g_exc[i] = g_exc;
        self.g_inh[i] = g_inh;

        // spike: v > Vt
        return !refractory && v > Vt;
    });

    // Neurons that fire.
    collect(self.size, self.spike_flags, self.spike_list, [=](Index i) {
        // v = Vr
        double v = Vr;

        self.v[i] = v;
        self.last_spike[i] = clock.step;
        // refractory
        self.refractory_left[i] = self.refractory_steps[i];
    });
}

}  // namespace synloom::update_coba_101ea859
