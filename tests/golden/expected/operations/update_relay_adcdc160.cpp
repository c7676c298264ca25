#include "update_relay_adcdc160.hpp"

#include "synloom/math.hpp"

namespace synloom::update_relay_adcdc160 {

namespace user {

// squash(x, k) = k * x / (1.0 + fabs(x))
inline double squash(double x, double k) { return k * x / (1.0 + abs(x)); }

}  // namespace user

void run(const Buffers& self, const Clock<double>&) {
    const double gain = *self.gain;

    each(self.size, [=](Index i) {
        const double sum_exc = self.sum_exc[i];

        // r = squash(sum(exc), gain)
        double r = user::squash(sum_exc, gain);

        self.r[i] = r;
    });
}

}  // namespace synloom::update_relay_adcdc160
