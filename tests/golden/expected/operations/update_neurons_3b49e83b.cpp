#include "update_neurons_3b49e83b.hpp"

namespace synloom::update_neurons_3b49e83b {

void run(const Buffers& self, const Clock<double>&) {
    each(self.size, [=](Index i) {
        std::int64_t c = self.c[i];

        // c += 1
        c = std::int64_t(double(c) + 1.0);
        // r = ite(c > 3, 1.0 / c, 0.0)
        double r = double(c) > 3.0 ? 1.0 / double(c) : 0.0;

        self.c[i] = c;
        self.r[i] = r;
    });
}

}  // namespace synloom::update_neurons_3b49e83b
