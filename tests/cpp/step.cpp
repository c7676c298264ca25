// Attributes that are no reals: recorded in delay lines and reduced as reals. And the sums of a step, cleared.
#include "check.hpp"
#include "synloom/delays.hpp"
#include "synloom/reduce.hpp"
#include "synloom/step.hpp"

using namespace synloom;

int main() {
    const std::int64_t whole[3] = {1, 2, 4};
    CHECK_NEAR(mean_of(3, whole), 7.0 / 3.0, 1e-15);
    CHECK(max_of(3, whole) == 4.0 && norm1_of(3, whole) == 7.0);
    const bool truth[4] = {true, false, true, true};
    CHECK(mean_of(4, truth) == 0.75);

    double ring[2 * 3] = {};
    std::int64_t head = 0;
    push(ring, 3, 2, head, whole);
    push(ring, 3, 2, head, truth);
    const DelayLine<double> line{ring, 3, 2, head};
    CHECK(line(0, 0) == 1.0 && line(0, 1) == 0.0);
    CHECK(line(1, 0) == 1.0 && line(1, 2) == 4.0);

    float sums[3] = {1, 2, 3};
    clear(3, sums);
    CHECK(sums[0] == 0 && sums[1] == 0 && sums[2] == 0);
    return check::summary();
}
