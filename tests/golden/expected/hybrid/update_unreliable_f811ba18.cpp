#include "update_unreliable_f811ba18.hpp"

#include "synloom/csr.hpp"
#include "synloom/math.hpp"

namespace synloom::update_unreliable_f811ba18 {

void run(const Buffers& self, const Clock<double>& clock) {
    const double tau = *self.tau;

    Csr{self.rows, self.columns, self.row_ptr, self.column}.update([=](Index) {
        return [=](Index s, Index) {
            double s_ = self.s_[s];

            // tau * ds/dt = -s
            const double decay_s = 1.0 - exp(-clock.h / tau);
            s_ -= decay_s * s_;

            self.s_[s] = s_;
        };
    });
}

}  // namespace synloom::update_unreliable_f811ba18
