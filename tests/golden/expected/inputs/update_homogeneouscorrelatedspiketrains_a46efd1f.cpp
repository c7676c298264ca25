#include "update_homogeneouscorrelatedspiketrains_a46efd1f.hpp"

#include "synloom/draws.hpp"
#include "synloom/math.hpp"
#include "synloom/neurons.hpp"
#include "synloom/spikes.hpp"

namespace synloom::update_homogeneouscorrelatedspiketrains_a46efd1f {

void run(const Buffers& self, const Clock<double>& clock) {
    const double tau = *self.tau;
    const double mu = *self.mu;
    const double sigma = *self.sigma;
    double x = *self.x;
    const Draws<double> draws(self.draw_state, self.draw_object);

    // x = mu + (x - mu)*exp(-dt/tau) + sigma*sqrt(1.0 - exp(-2.0*dt/tau))*Normal(0.0, 1.0)
    x = mu + (x - mu) * exp(-clock.dt / tau) + sigma * sqrt(1.0 - exp((-2.0) * clock.dt / tau)) * draws(0, 0, Normal<double>{0.0, 1.0});
    *self.x = x;

    const auto draw = [=](const Block<double>& block) {
        draws.fill(1, block, 0, Uniform<double>{0.0, 1000.0 / clock.dt});
    };

    each_drawn_neuron<1, double, AsTheyAre<double>>(self.size, {self.refractory_left, self.spike_flags, nullptr}, draw, [=](Index i, bool refractory, const Drawn<double>& drawn) {
        double p = self.p[i];

        // p = Uniform(0.0, 1000.0/dt)
        p = refractory ? p : drawn(0);

        self.p[i] = p;

        // spike: p < x
        return !refractory && p < x;
    });

    // spikes
    self.spike_counts[*self.spike_head] = collect(
        self.size, self.spike_flags, self.spike_ranks + *self.spike_head * self.size, [=](Index i) {
            self.last_spike[i] = clock.step;
            self.refractory_left[i] = self.refractory_steps[i];
        });
}

}  // namespace synloom::update_homogeneouscorrelatedspiketrains_a46efd1f
