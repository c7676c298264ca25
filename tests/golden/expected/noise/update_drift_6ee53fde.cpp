#include "update_drift_6ee53fde.hpp"

#include "synloom/dense.hpp"
#include "synloom/draws.hpp"

namespace synloom::update_drift_6ee53fde {

void run(const Buffers& self, const Clock<double>&) {
    const bool learn = *self.plasticity;
    const Draws<double> draws(self.draw_state, self.draw_object);

    Dense{self.rows, self.columns}.update([=](Index i) {
        // bias = Normal(0.0, 1.0)
        double bias = draws(0, self.row_ranks[i], Normal<double>{0.0, 1.0});
        self.bias[i] = bias;

        return [=](Index s, Index j) {
            double w = self.w[s];
            const Index element = synapse_element(self.row_ranks[i], self.column_ranks[j]);

            // w += 0.01 * (bias + Normal(0.0, 1.0))
            if (learn) w += 0.01 * (bias + draws(1, element, Normal<double>{0.0, 1.0}));
            if (learn && w < 0.0) w = 0.0;

            self.w[s] = w;
        };
    });
}

}  // namespace synloom::update_drift_6ee53fde
