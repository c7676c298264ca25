// How long the parts of a step take.
#pragma once

#include <chrono>
#include <cstdint>

namespace synloom {

// Splits a step into laps: each ends where the next begins, so that all time is some lap's. Adds the time of lap k to
// nanoseconds[k] and counts it in calls[k]; number `laps` is the whole, counted where `whole` says so, since a step
// that pauses for structural plasticity has two parts.
class Laps {
public:
    Laps(std::int64_t* nanoseconds, std::int64_t* calls, std::int64_t laps, bool whole)
        : nanoseconds_(nanoseconds), calls_(calls), laps_(laps), whole_(whole), begin_(now()), last_(begin_) {}

    Laps(const Laps&) = delete;
    Laps& operator=(const Laps&) = delete;

    ~Laps() {
        nanoseconds_[laps_] += now() - begin_;
        calls_[laps_] += whole_;
    }

    void end(std::int64_t lap) {
        const std::int64_t time = now();
        nanoseconds_[lap] += time - last_;
        ++calls_[lap];
        last_ = time;
    }

private:
    static std::int64_t now() {
        const auto time = std::chrono::steady_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
    }

    std::int64_t* nanoseconds_;
    std::int64_t* calls_;
    std::int64_t laps_;
    bool whole_;
    std::int64_t begin_;
    std::int64_t last_;
};

}  // namespace synloom
