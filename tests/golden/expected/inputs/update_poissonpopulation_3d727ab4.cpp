#include "update_poissonpopulation_3d727ab4.hpp"

#include "synloom/draws.hpp"
#include "synloom/neurons.hpp"
#include "synloom/spikes.hpp"

namespace synloom::update_poissonpopulation_3d727ab4 {

void run(const Buffers& self, const Clock<double>& clock) {
    const Draws<double> draws(self.draw_state, self.draw_object);

    const auto draw = [=](const Block<double>& block) {
        draws.fill(0, block, 0, Uniform<double>{0.0, 1000.0 / clock.dt});
    };

    each_drawn_neuron<1, double, AsTheyAre<double>>(self.size, {self.refractory_left, self.spike_flags, nullptr}, draw, [=](Index i, bool refractory, const Drawn<double>& drawn) {
        double rates = self.rates[i];
        double p = self.p[i];
        const double sum_exc = self.sum_exc[i];

        // rates = sum(exc)
        rates = refractory ? rates : sum_exc;
        // p = Uniform(0.0, 1000.0/dt)
        p = refractory ? p : drawn(0);

        self.rates[i] = rates;
        self.p[i] = p;

        // spike: p < rates
        return !refractory && p < rates;
    });

    // spikes
    self.spike_counts[*self.spike_head] = collect(
        self.size, self.spike_flags, self.spike_ranks + *self.spike_head * self.size, [=](Index i) {
            self.last_spike[i] = clock.step;
            self.refractory_left[i] = self.refractory_steps[i];
        });
}

}  // namespace synloom::update_poissonpopulation_3d727ab4
