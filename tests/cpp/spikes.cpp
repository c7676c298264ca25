// Lists of spikes and their rings: collecting, rates, times in steps, the lines of a list.
#include <limits>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "check.hpp"
#include "synloom/spikes.hpp"

using namespace synloom;

namespace {

std::mt19937 engine(20250311);

std::size_t at(Index k) { return static_cast<std::size_t>(k); }
bool chance(double p) { return std::uniform_real_distribution<double>(0, 1)(engine) < p; }

using Ranks = std::vector<std::int32_t>;

Ranks random_list(Index neurons, double p) {
    Ranks list;
    for (Index i = 0; i < neurons; ++i)
        if (chance(p)) list.push_back(std::int32_t(i));
    return list;
}

/// A ring that owns its buffers.
struct Ring {
    Index neurons, length;
    Ranks ranks, counts;
    std::int64_t head;

    Ring(Index neurons, Index length)
        : neurons(neurons),
          length(length),
          ranks(static_cast<std::size_t>(neurons * length), -1),
          counts(static_cast<std::size_t>(length), 0),
          head(length - 1) {}

    SpikeRing view() const { return {ranks.data(), counts.data(), neurons, length, head}; }

    void emit(const Ranks& list) {
        advance(counts.data(), length, head);
        CHECK(head >= 0 && head < length && counts[static_cast<std::size_t>(head)] == 0);
        for (std::size_t k = 0; k < list.size(); ++k) ranks[static_cast<std::size_t>(head * neurons) + k] = list[k];
        counts[static_cast<std::size_t>(head)] = std::int32_t(list.size());
    }
};

bool same(const SpikeList& list, const Ranks& wanted) {
    return Ranks(list.ranks, list.ranks + list.count) == wanted;
}

/// Every age against a list of everything that was emitted, past several turns of the ring.
void ring(Index neurons, Index length) {
    Ring r(neurons, length);
    std::vector<Ranks> emitted(static_cast<std::size_t>(length));
    for (Index step = 0; step < 3 * length + 2; ++step) {
        for (Index age = 0; age < length; ++age)
            CHECK(same(r.view().list(age), emitted[emitted.size() - 1 - static_cast<std::size_t>(age)]));
        const Ranks next = random_list(neurons, step % 3 == 0 ? 1.0 : 0.4);
        r.emit(next);
        emitted.push_back(next);
    }
}

/// The flags of a population of n, and what is found: in order, each once, and nothing written behind the last.
void collected(Index n, double p) {
    const auto size = static_cast<std::size_t>(n);
    const Ranks wanted = random_list(n, p);
    const auto flags = std::make_unique<bool[]>(size);  // of this size, so that a sanitizer sees a look behind it
    for (std::int32_t i : wanted) flags[static_cast<std::size_t>(i)] = true;
    Ranks into(size + 1, -7), fired;
    std::int32_t count = -7;
    collect(n, flags.get(), {into.data(), &count}, [&](Index i) { fired.push_back(std::int32_t(i)); });
    CHECK(count == std::int32_t(wanted.size()) && fired == wanted);
    CHECK(Ranks(into.begin(), into.begin() + count) == wanted);
    for (std::size_t k = wanted.size(); k < into.size(); ++k) CHECK(into[k] == -7);
}

/// A neuron's action sees what those before it did.
void in_order() {
    bool flags[20];
    for (bool& flag : flags) flag = true;
    std::int32_t into[20], count;
    double total = 1.0;
    double seen[20];
    collect(20, flags, {into, &count}, [&](Index i) { seen[i] = total += double(i); });
    for (Index i = 0; i < 20; ++i) CHECK(seen[i] == 1.0 + double(i * (i + 1)) / 2);
}

template <class Real>
void rates(Index neurons, Index window, Index length) {
    Ring r(neurons, length);
    std::vector<Ranks> emitted;
    Ranks counts(static_cast<std::size_t>(neurons), 0);
    std::vector<Real> rate(static_cast<std::size_t>(neurons), Real(0));
    const double dt = 0.1, window_ms = double(window) * dt;
    for (Index step = 0; step < 2 * length + 2 * window + 3; ++step) {
        emitted.push_back(random_list(neurons, step % 5 == 0 ? 1.0 : 0.3));  // neurons fire often within the window
        r.emit(emitted.back());
        const bool enabled = step % 7 < 4;  // a population that is not updated keeps its rates, but its window moves on
        const std::vector<Real> before = rate;
        firing_rates(r.view(), window, window_ms, enabled, counts.data(), rate.data());
        if (!enabled) {
            CHECK(rate == before);
            continue;
        }
        std::vector<int> wanted(static_cast<std::size_t>(neurons), 0);
        for (Index back = 0; back < window && back <= step; ++back)
            for (std::int32_t i : emitted[static_cast<std::size_t>(step - back)]) ++wanted[static_cast<std::size_t>(i)];
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            CHECK(counts[i] == wanted[i]);
            CHECK_NEAR(rate[i], 1000.0 * wanted[i] / window_ms, sizeof(Real) == 8 ? 1e-14 : 1e-6);
        }
    }
}

/// A population as generated code declares it.
struct Population {
    Index size;
    std::int64_t* spike_head;
    std::int32_t *spike_ranks, *spike_counts;
    Index spike_rows;
    double* r;
    std::int64_t* rate_window;
    std::int32_t* rate_counts;
    bool* enabled;
};
struct Axonal : Population {
    std::int32_t *axon_ranks, *axon_counts;
};

void populations() {
    Ring spikes(3, 4), axonal(3, 4);
    std::int64_t window = 0;
    std::int32_t counts[3] = {5, 6, 7};
    double rate[3] = {1.5, 2.5, 3.5};
    bool enabled = true;
    const Population p{3, &spikes.head, spikes.ranks.data(), spikes.counts.data(), 4, rate, &window, counts, &enabled};
    const Axonal both{p, axonal.ranks.data(), axonal.counts.data()};
    const bool flags[3] = {true, false, true}, last[3] = {false, false, true};
    for (std::int32_t& count : axonal.counts) count = 9;
    for (Index step = 0; step < 6; ++step) {
        begin_spikes(both);
        CHECK(spikes.head == step % 4 && axonal_spikes_of(both).list(0).count == 0 && spikes_of(both).list(0).count == 0);
        collect(3, flags, new_spikes_of(both), [](Index) {});
        collect(3, last, new_axonal_spikes_of(both), [](Index) {});
        CHECK(same(spikes_of(both).list(0), {0, 2}) && same(axonal_spikes_of(both).list(0), {2}));
        update_rates(both, 0.5);  // no window: rates stay as they are
    }
    CHECK(counts[0] == 5 && counts[2] == 7 && rate[0] == 1.5 && rate[2] == 3.5);
    window = 2;
    begin_spikes(p);
    CHECK(spikes_of(p).list(0).count == 0 && axonal.counts[at(spikes.head)] == 1);
    collect(3, last, new_spikes_of(p), [](Index) {});
    counts[0] = 2, counts[2] = 2;  // as the steps before left them
    update_rates(p, 0.5);
    CHECK(counts[0] == 1 && counts[2] == 2 && rate[0] == 1000.0 && rate[1] == 2.5 && rate[2] == 2000.0);
    enabled = false;
    update_rates(p, 0.5);
    CHECK(counts[0] == -1 && rate[0] == 1000.0 && rate[2] == 2000.0);
}

void steps() {
    constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
    constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
    CHECK(steps_between(7, 3) == 4 && steps_between(3, 3) == 0 && steps_between(3, 7) == -4);
    CHECK(steps_between(least, most) == 1);          // the counter ran over in between
    CHECK(steps_between(least + 9, most - 10) == 20);
    CHECK(steps_between(most, least) == -1);
    CHECK(steps_between(5, -10000) == 10005);

    CHECK(steps_of(0.3, 0.1) == 3 && steps_of(0.7, 0.1) == 7 && steps_of(5.0, 0.1) == 50);
    CHECK(steps_of(0.24, 0.1) == 2 && steps_of(0.26, 0.1) == 3 && steps_of(0.04, 0.1) == 0);
    CHECK(steps_of(0.25, 0.1) == 3 && steps_of(0.35, 0.1) == 4 && steps_of(2.5, 1.0) == 3);  // halves up
    CHECK(steps_of(0.3f, 0.1f) == 3 && steps_of(0.7f, 0.1f) == 7 && steps_of(0.24f, 0.1f) == 2);
    CHECK(steps_of(0.25f, 0.1f) == 3 && steps_of(0.35f, 0.1f) == 4 && steps_of(0.249f, 0.1f) == 2);
    for (int n = 0; n < 3000; ++n) {
        CHECK(steps_of(double(n) * 0.1, 0.1) == n && steps_of((n + 0.5) * 0.1, 0.1) == n + 1);
        CHECK(steps_of(float(n * 0.1), 0.1f) == n && steps_of(float((n + 0.5) * 0.1), 0.1f) == n + 1);
        CHECK(steps_of((n + 0.499) * 0.1, 0.1) == n && steps_of(float((n + 0.499) * 0.1), 0.1f) == n);
    }
    CHECK(steps_of(0.0, 0.1) == 0 && steps_of(-0.04, 0.1) == 0);
    CHECK(steps_of(-7.0, 0.1) == 0 && steps_of(-7.0f, 0.1f) == 0);
    CHECK(steps_of(1e12, 0.1) == most && steps_of(1e30f, 0.1f) == most);  // for ever
    CHECK(steps_of(std::numeric_limits<double>::infinity(), 0.1) == most);
    CHECK(steps_of(-std::numeric_limits<double>::infinity(), 0.1) == 0);
    CHECK(steps_of(std::numeric_limits<double>::quiet_NaN(), 0.1) == 0);
}

/// Visits and calls ahead of random lists, some of whose neurons have no line.
void lines(Index neurons, double fires, double has_line) {
    const Ranks list = random_list(neurons, fires);
    Ranks line_of;
    for (Index i = 0; i < neurons; ++i) line_of.push_back(chance(has_line) ? std::int32_t(i % 5) : -1);
    using Calls = std::vector<std::pair<char, Index>>;
    Calls wanted, got;
    for (std::size_t k = 0; k < list.size(); ++k) {
        const auto line = [&](std::size_t at) { return line_of[static_cast<std::size_t>(list[at])]; };
        if (k + 1 < list.size() && line(k + 1) >= 0) wanted.push_back({'a', line(k + 1)});
        if (line(k) >= 0) wanted.push_back({'v', line(k)});
    }
    each_line(
        SpikeList{list.data(), Index(list.size())}, line_of.data(), [&](Index l) { got.push_back({'v', l}); },
        [&](Index l) { got.push_back({'a', l}); });
    CHECK(got == wanted);
}

/// Both ways visit each place once; one by one in order.
void ways() {
    for (Index n : {0, 1, 2, 7, 8, 9, 64, 67}) {
        std::vector<int> once(static_cast<std::size_t>(n), 0);
        int* visits = once.data();
        std::vector<Index> order;
        OneByOne::each(n, [&](Index k) { order.push_back(k); });
        Together::each(n, [=](Index k) { ++visits[k]; });
        CHECK(order.size() == static_cast<std::size_t>(n));
        for (std::size_t k = 0; k < order.size(); ++k) CHECK(order[k] == Index(k) && once[k] == 1);
        fetch(once.data(), n);
    }
}

}  // namespace

int main() {
    for (Index length : {1, 2, 3, 7})
        for (Index neurons : {0, 1, 5, 19}) ring(neurons, length);
    for (Index n : {0, 1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 25, 64, 100})
        for (double p : {0.0, 0.02, 0.3, 1.0})
            for (int again = 0; again < 5; ++again) collected(n, p);
    in_order();
    for (Index window : {1, 2, 5})
        for (Index more : {1, 2, 4}) {
            rates<double>(13, window, window + more);
            rates<float>(13, window, window + more);
        }
    populations();
    steps();
    for (double fires : {0.0, 0.2, 1.0})
        for (double has_line : {0.0, 0.5, 1.0})
            for (Index neurons : {0, 1, 2, 30}) lines(neurons, fires, has_line);
    ways();
    return check::summary();
}
