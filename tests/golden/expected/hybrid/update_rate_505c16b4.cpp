#include "update_rate_505c16b4.hpp"

namespace synloom::update_rate_505c16b4 {

void run(const Buffers& self, const Clock<double>& clock) {
    each(self.size, [=](Index i) {
        const double tau = self.tau[i];
        double r = self.r[i];
        const double sum_exc = self.sum_exc[i];

        // tau*dr/dt + r = sum(exc) + 0.1
        r += clock.dt / tau * (sum_exc + 0.1 - r);

        self.r[i] = r;
    });
}

}  // namespace synloom::update_rate_505c16b4
