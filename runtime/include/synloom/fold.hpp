// The operations of a reduction, and the order in which their operands are combined.
//
// A strict left-to-right sum waits for each addition before the next. Here eight lanes take the values in turn, the
// values beyond the last full eight follow one another, and the lanes are combined as a tree. This order depends on
// the number of values alone: not on the instruction set, the alignment or the other readers of a sweep.
#pragma once

#include <bit>
#include <cstring>
#include <type_traits>

#include "synloom/kernel.hpp"

namespace synloom {

struct Sum {
    template <class Real>
    static SYNLOOM_INLINE constexpr Real identity() {
        return Real(0);
    }
    template <class Real>
    static SYNLOOM_INLINE Real combine(Real a, Real b) {
        return a + b;
    }
};

/// The largest value; NaN if one of the values is NaN, in whatever order they come.
struct Max {
    template <class Real>
    static SYNLOOM_INLINE constexpr Real identity() {
        return Real(-__builtin_huge_val());
    }
    template <class Real>
    static SYNLOOM_INLINE Real combine(Real a, Real b) {
        const Real chosen = a > b ? a : b;
        return a != a ? a : chosen;
    }
};

/// The smallest value; NaN if one of the values is NaN, in whatever order they come.
struct Min {
    template <class Real>
    static SYNLOOM_INLINE constexpr Real identity() {
        return Real(__builtin_huge_val());
    }
    template <class Real>
    static SYNLOOM_INLINE Real combine(Real a, Real b) {
        const Real chosen = a < b ? a : b;
        return a != a ? a : chosen;
    }
};

inline constexpr int LANES = 8;

/// One accumulator per lane.
template <class Op, class Real>
struct Lanes {
    Real at[LANES];

    SYNLOOM_INLINE Lanes() {
        for (Real& lane : at) lane = Op::template identity<Real>();
    }

    /// All lanes and the values that filled no group of lanes.
    SYNLOOM_INLINE Real total(Real rest) const {
        const Real a = Op::combine(Op::combine(at[0], at[4]), Op::combine(at[2], at[6]));
        const Real b = Op::combine(Op::combine(at[1], at[5]), Op::combine(at[3], at[7]));
        return Op::combine(Op::combine(a, b), rest);
    }
};

/// Reduces value(0), ..., value(n - 1), several at a time; the values must not depend on each other.
template <class Op, class Value>
SYNLOOM_INLINE auto fold(Index n, Value value) {
    using Real = decltype(value(n));
    Lanes<Op, Real> lanes;
    Index k = 0;
    for (; k + LANES <= n; k += LANES) {
        SYNLOOM_AS_WRITTEN;
        SYNLOOM_SIMD
        for (int l = 0; l < LANES; ++l) lanes.at[l] = Op::combine(lanes.at[l], value(k + l));
    }
    Real rest = Op::template identity<Real>();
    for (; k < n; ++k) {
        SYNLOOM_AS_WRITTEN;
        rest = Op::combine(rest, value(k));
    }
    return lanes.total(rest);
}

/// Eight indices of 16 or 32 bits that were loaded together: loads limit a sweep over scattered columns, and one by one
/// these are eight.
template <class Small>
class EightOf {
    using Bits = std::make_unsigned_t<Small>;  // indices are not negative
    static constexpr int PER_WORD = 8 / sizeof(Small), BITS = 8 * sizeof(Small);
    std::uint64_t words[8 / PER_WORD];

public:
    SYNLOOM_INLINE explicit EightOf(const Small* from) { std::memcpy(words, from, sizeof words); }

    SYNLOOM_INLINE Index operator[](int l) const {
        constexpr bool little = std::endian::native == std::endian::little;
        const int place = little ? l % PER_WORD : PER_WORD - 1 - l % PER_WORD;
        return Index(Bits(words[l / PER_WORD] >> (place * BITS)));
    }
};

/// The same total as fold over value(0, of[0]), value(1, of[1]), ..., called one after the other; before(k) is called
/// ahead of the eight from k on.
template <class Op, class Small, class Value, class Before>
SYNLOOM_INLINE auto fold_in_order(Index n, const Small* of, Value value, Before before) {
    using Real = decltype(value(n, n));
    // Named, since gcc keeps an array of accumulators in memory when it is filled one by one.
    Real a, b, c, d, e, f, g, h;
    a = b = c = d = e = f = g = h = Op::template identity<Real>();
    Index k = 0;
    for (; k + LANES <= n; k += LANES) {
        before(k);
        const EightOf<Small> j(of + k);
        a = Op::combine(a, value(k, j[0]));
        b = Op::combine(b, value(k + 1, j[1]));
        c = Op::combine(c, value(k + 2, j[2]));
        d = Op::combine(d, value(k + 3, j[3]));
        e = Op::combine(e, value(k + 4, j[4]));
        f = Op::combine(f, value(k + 5, j[5]));
        g = Op::combine(g, value(k + 6, j[6]));
        h = Op::combine(h, value(k + 7, j[7]));
    }
    Real rest = Op::template identity<Real>();
    for (; k < n; ++k) {
        SYNLOOM_AS_WRITTEN;
        rest = Op::combine(rest, value(k, of[k]));
    }
    const Real even = Op::combine(Op::combine(a, e), Op::combine(c, g));
    const Real odd = Op::combine(Op::combine(b, f), Op::combine(d, h));
    return Op::combine(Op::combine(even, odd), rest);
}

/// Four values of one type, one for each row of a block.
template <class Real>
struct Four {
    Real a, b, c, d;
};

/// Four reductions side by side, each in the order of fold; value(k) returns the four values at k.
template <class Op, class Value>
SYNLOOM_INLINE auto fold_four(Index n, Value value) {
    using Real = decltype(value(n).a);
    Lanes<Op, Real> a, b, c, d;
    Index k = 0;
    for (; k + LANES <= n; k += LANES) {
        SYNLOOM_AS_WRITTEN;
        const auto add = [&](int l) SYNLOOM_LAMBDA {
            const Four<Real> v = value(k + l);
            a.at[l] = Op::combine(a.at[l], v.a);
            b.at[l] = Op::combine(b.at[l], v.b);
            c.at[l] = Op::combine(c.at[l], v.c);
            d.at[l] = Op::combine(d.at[l], v.d);
        };
        SYNLOOM_SIMD
        for (int l = 0; l < LANES; ++l) add(l);
    }
    constexpr Real none = Op::template identity<Real>();
    Four<Real> rest{none, none, none, none};
    for (; k < n; ++k) {
        SYNLOOM_AS_WRITTEN;
        const Four<Real> v = value(k);
        rest = {Op::combine(rest.a, v.a), Op::combine(rest.b, v.b), Op::combine(rest.c, v.c), Op::combine(rest.d, v.d)};
    }
    return Four<Real>{a.total(rest.a), b.total(rest.b), c.total(rest.c), d.total(rest.d)};
}

}  // namespace synloom
