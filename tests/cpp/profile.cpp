// Laps of a step: all time is some lap's, and no more than the whole.
#include "check.hpp"
#include "synloom/profile.hpp"

using namespace synloom;

int main() {
    std::int64_t nanoseconds[3] = {}, calls[3] = {};
    for (int step = 0; step < 5; ++step) {
        Laps laps{nanoseconds, calls, 2, step != 3};
        laps.end(0);
        if (step == 4) laps.end(1);
    }
    CHECK(calls[0] == 5 && calls[1] == 1 && calls[2] == 4);
    CHECK(nanoseconds[0] >= 0 && nanoseconds[1] >= 0);
    CHECK(nanoseconds[0] + nanoseconds[1] <= nanoseconds[2]);
    return check::summary();
}
