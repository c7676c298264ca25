#include "update_neurons_67103a3a.hpp"

namespace synloom::update_neurons_67103a3a {

void run(const Buffers& self, const Clock<double>&) {
    each(self.size, [=](Index i) {
        const double b = self.b[i];
        const double sum_fb = self.sum_fb[i];

        // r = b - sum(fb)
        double r = b - sum_fb;

        self.r[i] = r;
    });
}

}  // namespace synloom::update_neurons_67103a3a
