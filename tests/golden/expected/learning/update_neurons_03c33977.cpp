#include "update_neurons_03c33977.hpp"

#include "synloom/math.hpp"

namespace synloom::update_neurons_03c33977 {

void run(const Buffers& self, const Clock<double>& clock) {
    const double tau = *self.tau;
    const double mean_v = *self.mean_v;

    // m = mean(v)
    double m = mean_v;
    *self.m = m;

    each(self.size, [=](Index i) {
        double v = self.v[i];
        const double sum_exc = self.sum_exc[i];

        // tau*dv/dt + v = sum(exc)
        const double decay_v = 1.0 - exp(-clock.dt / tau);
        v += decay_v * (sum_exc - v);
        // r = pos(v - m)
        double r = pos(v - m);
        if (r > 10.0) r = 10.0;

        self.v[i] = v;
        self.r[i] = r;
    });
}

}  // namespace synloom::update_neurons_03c33977
