// A failed check prints where and what; main returns summary(), which is 0 only if checks ran and all held.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstring>

namespace check {

inline long count = 0, failed = 0;

inline void report(bool held, const char* file, int line, const char* text) {
    ++count;
    if (!held && ++failed <= 20) std::fprintf(stderr, "%s:%d: failed: %s\n", file, line, text);
}

inline void report_near(double got, double wanted, double relative, const char* file, int line, const char* text) {
    const bool same = got == wanted || (std::isnan(got) && std::isnan(wanted));
    const bool held = same || std::fabs(got - wanted) <= relative * std::fabs(wanted) + 1e-3 * relative;
    ++count;
    if (!held && ++failed <= 20)
        std::fprintf(stderr, "%s:%d: failed: %s: got %.17g, wanted %.17g\n", file, line, text, got, wanted);
}

/// The same bits, not only equal values.
template <class T>
inline bool same_bits(T a, T b) {
    return std::memcmp(&a, &b, sizeof(T)) == 0;
}

inline int summary() {
    std::printf("%ld checks, %ld failed\n", count, failed);
    return count > 0 && failed == 0 ? 0 : 1;
}

}  // namespace check

#define CHECK(condition) check::report(static_cast<bool>(condition), __FILE__, __LINE__, #condition)
#define CHECK_NEAR(got, wanted, relative) \
    check::report_near(double(got), double(wanted), relative, __FILE__, __LINE__, #got " near " #wanted)
