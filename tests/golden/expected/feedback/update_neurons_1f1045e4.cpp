#include "update_neurons_1f1045e4.hpp"

namespace synloom::update_neurons_1f1045e4 {

void run(const Buffers& self, const Clock<double>& clock) {
    const double tau = *self.tau;

    each(self.size, [=](Index i) {
        double r = self.r[i];
        const double sum_exc = self.sum_exc[i];

        // tau*dr/dt + r = sum(exc)
        r += clock.dt / tau * (sum_exc - r);

        self.r[i] = r;
    });
}

}  // namespace synloom::update_neurons_1f1045e4
