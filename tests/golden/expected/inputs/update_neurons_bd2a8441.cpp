#include "update_neurons_bd2a8441.hpp"

namespace synloom::update_neurons_bd2a8441 {

void run(const Buffers& self, const Clock<double>&) {
    each(self.size, [=](Index i) {
        const double sum_exc = self.sum_exc[i];

        // r = sum(exc)
        double r = sum_exc;

        self.r[i] = r;
    });
}

}  // namespace synloom::update_neurons_bd2a8441
