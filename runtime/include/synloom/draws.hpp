// How kernels draw: one number at a time, or for a block of neurons before the loop over it.
#pragma once

#include "synloom/distributions.hpp"
#include "synloom/neurons.hpp"

namespace synloom {

/// Neurons first, ..., first + count - 1, and room for the numbers of all draws of their equations.
template <class Real>
struct Block {
    Index first, count;
    Real (*numbers)[BLOCK];
};

/// What was drawn for one neuron: drawn(n) is the number of the n-th draw.
template <class Real>
struct Drawn {
    const Real (*numbers)[BLOCK];
    Index at;

    SYNLOOM_INLINE Real operator()(int n) const { return numbers[n][at]; }
};

/// A synapse as an element: the ranks of its neurons in their populations, whatever stores it.
SYNLOOM_INLINE Index synapse_element(Index post, Index pre) { return post << 32 | pre; }

/// All that an object draws in this step. `state` holds the seed, and how many steps were drawn with it before.
template <class Real>
struct Draws {
    std::uint64_t seed;
    Index step;
    std::uint32_t object;

    SYNLOOM_INLINE Draws(const std::int64_t* state, Index number)
        : seed(std::uint64_t(state[0])), step(state[1]), object(std::uint32_t(number)) {}

    /// The number of one element, at one place in the equations.
    template <template <class> class Distribution>
    SYNLOOM_INLINE Real operator()(std::uint32_t site, Index element, const Distribution<Real>& of) const {
        return draw(stream(seed, object, site), step, element, of);
    }

    /// The numbers of a block of neurons, as its n-th draw.
    template <template <class> class Distribution>
    SYNLOOM_INLINE void fill(std::uint32_t site, const Block<Real>& block, int n, const Distribution<Real>& of) const {
        synloom::fill(stream(seed, object, site), step, block.first, block.count, block.numbers[n], of);
    }
};

/// Calls body(i, drawn) for i in [0, n), block by block; draw(block) fills a block beforehand.
/// The calls of body must not depend on each other.
template <int Numbers, class Real, class Draw, class Body>
SYNLOOM_INLINE void each_drawn(Index n, Draw draw, Body body) {
    Real numbers[Numbers][BLOCK];
    const Real(*drawn)[BLOCK] = numbers;
    for (Index first = 0; first < n; first += BLOCK) {
        const Index count = n - first < BLOCK ? n - first : BLOCK;
        draw(Block<Real>{first, count, numbers});
        each(count, [=](Index k) SYNLOOM_LAMBDA { body(first + k, Drawn<Real>{drawn, k}); });
    }
}

/// The same for spiking neurons: body(i, refractory, drawn) says whether neuron i fires (neurons.hpp).
template <int Numbers, class Real, class Way, class Draw, class Body>
SYNLOOM_INLINE void each_drawn_neuron(Index n, const Firing& of, Draw draw, Body body) {
    Real numbers[Numbers][BLOCK];
    const Real(*drawn)[BLOCK] = numbers;
    each_firing<Way>(n, of, [&](Index first, Index count) SYNLOOM_LAMBDA {
        draw(Block<Real>{first, count, numbers});
        return [=](Index i, Index k, bool refractory) SYNLOOM_LAMBDA {
            return body(i, refractory, Drawn<Real>{drawn, k});
        };
    });
}

}  // namespace synloom
