// The distributions that equations name. A number is a function of (stream, step, rank) and the parameters alone: a
// distribution fills whole chunks of SIZE ranks, always with the same instructions, and a single number is taken from
// its chunk. So the bits of a number depend neither on its neighbours nor on who asks for it.
#pragma once

#include "synloom/rng.hpp"

namespace synloom {

/// The number that stands for "no such distribution".
template <class Real>
SYNLOOM_INLINE Real undefined() {
    return Real(__builtin_nan(""));
}

/// Reals from min to max, max left out. min may be the larger one.
template <class Real>
struct Uniform {
    Real min, max;
    static constexpr Index SIZE = CHUNK<Real>;

    SYNLOOM_CALL void chunk(const Stream& stream, Index step, Index number, Real* into) const {
        chunks<1>(stream, step, number, into);
    }

    template <int together>
    SYNLOOM_CALL void chunks(const Stream& stream, Index step, Index number, Real* into) const {
        const Real low = min, high = max, width = high - low;
        uniform_chunks<together>(stream, step, number, into);
        if (low < high) {
            SYNLOOM_SIMD
            for (Index k = 0; k < together * SIZE; ++k) {
                const Real x = low + width * into[k];
                into[k] = x >= high ? low : x;  // rounding may reach max
            }
        } else {
            SYNLOOM_SIMD
            for (Index k = 0; k < together * SIZE; ++k) {
                const Real x = low + width * into[k];
                into[k] = x <= high ? low : x;
            }
        }
    }
};

/// The integers from min to max, both included; NaN if there is none.
template <class Real>
struct DiscreteUniform {
    Real min, max;
    static constexpr Index SIZE = CHUNK<Real>;

    SYNLOOM_CALL void chunk(const Stream& stream, Index step, Index number, Real* into) const {
        const Real low = ceil(min), high = floor(max), count = high - low + 1;
        uniform_chunk(stream, step, number, into);
        if (!(count >= 1)) {
            for (Index k = 0; k < SIZE; ++k) into[k] = undefined<Real>();
            return;
        }
        SYNLOOM_SIMD
        for (Index k = 0; k < SIZE; ++k) {
            const Real x = low + floor(count * into[k]);
            into[k] = x > high ? high : x;
        }
    }
};

/// The normal distribution with mean mu and standard deviation sigma.
template <class Real>
struct Normal {
    Real mu, sigma;
    static constexpr Index SIZE = CHUNK<Real>;

    SYNLOOM_CALL void chunk(const Stream& stream, Index step, Index number, Real* into) const {
        const Real mean = mu, deviation = sigma;
        normal_chunk(stream, step, number, into);
        SYNLOOM_SIMD
        for (Index k = 0; k < SIZE; ++k) into[k] = mean + deviation * into[k];
    }
};

/// The exponential of a number of Normal(mu, sigma).
template <class Real>
struct LogNormal {
    Real mu, sigma;
    static constexpr Index SIZE = CHUNK<Real>;

    SYNLOOM_CALL void chunk(const Stream& stream, Index step, Index number, Real* into) const {
        const Real mean = mu, deviation = sigma;
        normal_chunk(stream, step, number, into);
        SYNLOOM_SIMD
        for (Index k = 0; k < SIZE; ++k) into[k] = exp(mean + deviation * into[k]);
    }
};

/// Density Lambda * exp(-Lambda * x): Lambda is a rate, the mean is 1 / Lambda.
template <class Real>
struct Exponential {
    Real Lambda;
    static constexpr Index SIZE = CHUNK<Real>;

    SYNLOOM_CALL void chunk(const Stream& stream, Index step, Index number, Real* into) const {
        const Real rate = Lambda;
        uniform_chunk(stream, step, number, into);
        SYNLOOM_SIMD
        for (Index k = 0; k < SIZE; ++k) into[k] = (Real(0) - log(Real(1) - into[k])) / rate;  // 1 - u is never 0
    }
};

/// The words of one attempt to draw the number of a rank, and reals made of them.
struct Attempt {
    Words words;

    SYNLOOM_INLINE Attempt(const Stream& stream, Index step, Index rank, std::uint32_t number)
        : words(threefry<ROUNDS>(counter(step, std::uint64_t(rank)), branch(stream, number).key)) {}

    /// In [0, 1), independent of each other.
    SYNLOOM_INLINE double first() const { return Unit<double>::number(words.a, words.b); }
    SYNLOOM_INLINE double second() const { return Unit<double>::number(words.c, words.d); }
    /// The same as second(), as two numbers of 32 bits in (0, 1).
    SYNLOOM_INLINE double third() const { return (double(words.c) + 0.5) * 0x1p-32; }
    SYNLOOM_INLINE double fourth() const { return (double(words.d) + 0.5) * 0x1p-32; }
};

inline constexpr std::uint32_t ATTEMPTS = 1 << 15;  // never used up: most draws need one or two
inline constexpr std::uint32_t EXTRA = ATTEMPTS;     // branch of a number that is needed once

/// Gamma with this shape and scale 1, by Marsaglia and Tsang (2000): A simple method for generating gamma variables.
SYNLOOM_CALL inline double draw_gamma(const Stream& stream, Index step, Index rank, double alpha) {
    if (!(alpha > 0)) return alpha == 0 ? 0 : undefined<double>();
    const bool small = alpha < 1;  // then a number of shape alpha + 1, times U^(1/alpha)
    const double d = (small ? alpha + 1 : alpha) - 1.0 / 3, c = 1 / sqrt(9 * d);
    double v = 1;
    for (std::uint32_t n = 0; n < ATTEMPTS; ++n) {
        const Attempt attempt(stream, step, rank, n);
        const double radius = sqrt(-2 * log(1 - attempt.first()));
        const double z = radius * cos(6.283185307179586476925286766559 * attempt.third());
        const double root = 1 + c * z;
        if (root <= 0) continue;
        v = root * root * root;
        if (log(attempt.fourth()) < 0.5 * z * z + d * (1 - v + log(v))) break;
    }
    if (!small) return d * v;
    return d * v * pow(1 - Attempt(stream, step, rank, EXTRA).first(), 1 / alpha);
}

/// Gamma with shape alpha and scale beta: mean alpha * beta.
template <class Real>
struct Gamma {
    Real alpha, beta;
    static constexpr Index SIZE = 1;

    void chunk(const Stream& stream, Index step, Index rank, Real* into) const {
        *into = beta * Real(draw_gamma(stream, step, rank, double(alpha)));
    }
};

/// log(k!) less Stirling's approximation (k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2.
inline double stirling_rest(double k) {
    constexpr double exact[] = {0.08106146679532726, 0.04134069595540929, 0.02767792568499834, 0.02079067210376509,
                                0.01664469118982119, 0.01387612882307075, 0.01189670994589177, 0.01041126526197209,
                                0.00925546218271273, 0.00833056343336287};
    if (k < 10) return exact[int(k)];
    const double m = 1 / (k + 1), square = m * m;
    return (1.0 / 12 - (1.0 / 360 - square / 1260) * square) * m;
}

/// Successes by adding up probabilities until they pass a uniform number; for few successes.
inline double binomial_by_inversion(const Stream& stream, Index step, Index rank, double n, double p) {
    const double odds = p / (1 - p), a = (n + 1) * odds;
    double u = Attempt(stream, step, rank, 0).first(), probability = pow(1 - p, n), k = 0;
    while (u >= probability && k < n) {
        u -= probability;
        k += 1;
        probability *= a / k - odds;
    }
    return k;
}

/// Transformed rejection with squeeze, BTRS of Hoermann (1993): The generation of binomial random variates.
inline double binomial_by_rejection(const Stream& stream, Index step, Index rank, double n, double p) {
    const double odds = p / (1 - p), deviation = sqrt(n * p * (1 - p));
    const double b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * p;
    const double center = n * p + 0.5, alpha = (2.83 + 5.1 / b) * deviation, squeeze = 0.92 - 4.2 / b;
    const double mode = floor((n + 1) * p);
    for (std::uint32_t number = 0; number < ATTEMPTS; ++number) {
        const Attempt attempt(stream, step, rank, number);
        const double u = attempt.first() - 0.5, v = 1 - attempt.second(), us = 0.5 - fabs(u);
        const double k = floor((2 * a / us + b) * u + center);  // us = 0 gives -inf
        if (us >= 0.07 && v <= squeeze) return k;
        if (!(k >= 0 && k <= n)) continue;
        const double bound = (mode + 0.5) * log((mode + 1) / (odds * (n - mode + 1))) +
                             (n + 1) * log((n - mode + 1) / (n - k + 1)) +
                             (k + 0.5) * log(odds * (n - k + 1) / (k + 1)) + stirling_rest(mode) +
                             stirling_rest(n - mode) - stirling_rest(k) - stirling_rest(n - k);
        if (log(v * alpha / (a / (us * us) + b)) <= bound) return k;
    }
    return mode;
}

/// Successes in n trials of probability p; NaN for what is no number of trials and no probability.
SYNLOOM_CALL inline double draw_binomial(const Stream& stream, Index step, Index rank, double n, double p) {
    n = floor(n);
    if (!(n >= 0 && p >= 0 && p <= 1)) return undefined<double>();
    const bool often = p > 0.5;
    const double rare = often ? 1 - p : p;
    const double k = n * rare < 10 ? binomial_by_inversion(stream, step, rank, n, rare)
                                   : binomial_by_rejection(stream, step, rank, n, rare);
    return often ? n - k : k;
}

/// Number of successes in n trials of probability p.
template <class Real>
struct Binomial {
    Real n, p;
    static constexpr Index SIZE = 1;

    void chunk(const Stream& stream, Index step, Index rank, Real* into) const {
        *into = Real(draw_binomial(stream, step, rank, double(n), double(p)));
    }
};

/// How many chunks of a distribution are made together.
template <class Distribution>
inline constexpr int TOGETHER = 1;
template <class Real>
inline constexpr int TOGETHER<Uniform<Real>> = 2;

/// out[k] = the number of rank first + k, for k in [0, n).
template <class Real, template <class> class Distribution>
inline void fill(const Stream& stream, Index step, Index first, Index n, Real* out, const Distribution<Real>& of) {
    constexpr int together = TOGETHER<Distribution<Real>>;
    draw_chunks<together * Distribution<Real>::SIZE>(first, n, out, [&](Index number, Real* into) {
        if constexpr (together == 1) {
            of.chunk(stream, step, number, into);
        } else {
            of.template chunks<together>(stream, step, together * number, into);
        }
    });
}

/// The number of one rank: the same as in a block.
template <class Real, template <class> class Distribution>
SYNLOOM_CALL Real draw(const Stream& stream, Index step, Index rank, const Distribution<Real>& of) {
    constexpr Index size = Distribution<Real>::SIZE;
    Real numbers[size];
    of.chunk(stream, step, rank / size, numbers);
    return numbers[rank % size];
}

}  // namespace synloom
