// Schedules, given spikes and decoded rates, against what one would compute by hand.
#include "check.hpp"
#include "synloom/inputs.hpp"

#include <vector>

using namespace synloom;

static void blocks() {
    const std::int64_t schedule[3] = {1, 2, 4};
    std::int64_t clock[2] = {0, -1};
    const Index expected[12] = {-1, 0, 1, -1, 2, -1, -1, 0, 1, -1, 2, -1};  // a period of 6 steps
    for (Index n = 0; n < 12; ++n) CHECK(next_block(schedule, 3, 6, clock) == expected[n]);
    std::int64_t past[2] = {9, -1};
    CHECK(next_block(schedule, 3, 6, past) == 2 && past[0] == 0);  // a clock beyond a new period begins anew
    std::int64_t none[2] = {0, -1};
    CHECK(next_block(nullptr, 0, 0, none) == -1 && none[0] == 1);

    const double values[4] = {1, 2, 3, 4};
    double into[2] = {0, 0};
    show(-1, 2, values, 2, into);
    CHECK(into[0] == 0);
    show(1, 2, values, 2, into);
    CHECK(into[0] == 3 && into[1] == 4);
    show(1, 1, values, 2, into);
    CHECK(into[0] == 2 && into[1] == 2);
}

static void spikes() {
    const std::int64_t steps[4] = {0, 0, 2, 3};
    const std::int32_t ranks[4] = {1, 4, 0, 1};
    std::int64_t clock[2] = {0, 0}, last[5] = {-1, -1, -1, -1, -1};
    std::int32_t into[5];
    const std::int32_t counts[5] = {2, 0, 1, 1, 0};
    for (Index n = 0; n < 5; ++n) {
        CHECK(emit_due(steps, 4, ranks, clock, into, last, 10 + n) == counts[n]);
        if (n == 0) CHECK(into[0] == 1 && into[1] == 4);
    }
    CHECK(clock[0] == 5 && clock[1] == 4);
    CHECK(last[0] == 12 && last[1] == 13 && last[4] == 10 && last[2] == -1);
}

static void rates(Index window) {
    const Index n = 3, steps = 50;
    std::vector<double> history((window + 1) * n), arrived(n), newer(n), scale{1.0, 2.0, 0.0}, all(steps * n);
    std::int64_t place = 0;
    for (Index t = 0; t < steps; ++t) {
        for (Index i = 0; i < n; ++i) arrived[i] = all[t * n + i] = (t * 7 + i * 3) % 5 == 0 ? 0.1 * double(t % 4) : 0.0;
        std::vector<double> sums{1.0, 1.0, 1.0};
        decode(n, window, &place, arrived.data(), history.data(), newer.data(), scale.data(), t % 9 != 3, sums.data());
        for (Index i = 0; i < n; ++i) {
            double naive = 0.0;
            for (Index k = t - window + 1 < 0 ? 0 : t - window + 1; k <= t; ++k) naive += all[k * n + i];
            CHECK_NEAR(sums[i], t % 9 != 3 ? 1.0 + scale[i] * naive : 1.0, 1e-14);
            CHECK(arrived[i] == 0.0);
        }
    }
}

int main() {
    blocks();
    spikes();
    for (Index window : {1, 2, 7, 50, 80}) rates(window);
    return check::summary();
}
