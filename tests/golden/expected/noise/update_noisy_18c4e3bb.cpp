#include "update_noisy_18c4e3bb.hpp"

#include "synloom/draws.hpp"

namespace synloom::update_noisy_18c4e3bb {

void run(const Buffers& self, const Clock<double>& clock) {
    const double tau = *self.tau;
    const double sigma = *self.sigma;
    double mu = *self.mu;
    const Draws<double> draws(self.draw_state, self.draw_object);

    const double mu_before = mu;
    // mu = Normal(mu, 0.1)
    mu = draws(0, 0, Normal<double>{mu_before, 0.1});
    *self.mu = mu;

    const auto draw = [=](const Block<double>& block) {
        draws.fill(1, block, 0, Normal<double>{mu_before, sigma});
        draws.fill(2, block, 1, Binomial<double>{10.0, 0.3});
        draws.fill(3, block, 2, Uniform<double>{0.0, 1.0});
    };

    each_drawn<3, double>(self.size, draw, [=](Index i, const Drawn<double>& drawn) {
        double v = self.v[i];
        const double sum_exc = self.sum_exc[i];
        const double sum_fb = self.sum_fb[i];

        // tau*dv/dt = -v + sum(exc) + sum(fb) + Normal(mu, sigma)
        const double normal_v = drawn(0);
        const double k_v = clock.dt / tau * (-v + sum_exc + sum_fb + normal_v);
        const double v_mid = v + 0.5 * k_v;
        v += clock.dt / tau * (-v_mid + sum_exc + sum_fb + normal_v);
        // n = Binomial(10, 0.3)
        std::int64_t n = std::int64_t(drawn(1));
        // r = if Uniform(0.0, 1.0) < 0.5: v else: 0.0
        double r = drawn(2) < 0.5 ? v : 0.0;

        self.v[i] = v;
        self.n[i] = n;
        self.r[i] = r;
    });
}

}  // namespace synloom::update_noisy_18c4e3bb
