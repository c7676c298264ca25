#include "update_bcm_a06d5f5d.hpp"

#include "synloom/csr.hpp"
#include "synloom/delays.hpp"
#include "synloom/math.hpp"

namespace synloom::update_bcm_a06d5f5d {

// What a synapse reads of its column, side by side in memory.
struct Column {
    double column_r;
};

void run(const Buffers& self, const Clock<double>& clock) {
    const double eta = *self.eta;
    const double tau = *self.tau;
    const auto column_r_line = DelayLine<double>{
        self.column_r_line, self.column_size, self.column_line_length, *self.column_r_line_head};
    const double* column_r_now = column_r_line.at(*self.forward_delay - 1);
    const bool learn = *self.plasticity;
    Column* column = reinterpret_cast<Column*>(self.scratch);

    each(self.columns, [=](Index j) {
        const Index rank = self.column_ranks[j];
        column[j].column_r = column_r_now[rank];
    });

    Csr{self.rows, self.columns, self.row_ptr, self.column}.update([=](Index i) {
        const double row_r = self.row_r[self.row_ranks[i]];
        double theta = self.theta[i];

        // tau * dtheta/dt + theta = post.r^2
        const double decay_theta = 1.0 - exp(-clock.h / tau);
        theta += decay_theta * (row_r * row_r - theta);
        self.theta[i] = theta;

        return [=](Index s, Index j) {
            double w = self.w[s];

            // dw/dt = eta * post.r * (post.r - theta) * pre.r
            if (learn) w += clock.h * (eta * row_r * (row_r - theta) * column[j].column_r);
            if (learn && w < 0.0) w = 0.0;

            self.w[s] = w;
        };
    });
}

}  // namespace synloom::update_bcm_a06d5f5d
