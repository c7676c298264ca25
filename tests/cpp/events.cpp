// Spikes along the lines of stores, against plain loops over lists of synapses: rows, columns, delays of synapses.
#include <algorithm>
#include <random>
#include <vector>

#include "check.hpp"
#include "synloom/events.hpp"

using namespace synloom;

namespace {

std::mt19937 engine(20250312);

bool chance(double p) { return std::uniform_real_distribution<double>(0, 1)(engine) < p; }
std::size_t at(Index k) { return static_cast<std::size_t>(k); }

using Ranks = std::vector<std::int32_t>;
using Offsets = std::vector<std::int64_t>;

struct Synapse {
    Index s, i, j;
    std::int32_t delay;
};

/// A store of either kind, the reverse index of a sparse one, and the list of its synapses, row after row.
struct Net {
    Index rows, columns;
    Offsets row_ptr{0}, column_ptr{0};
    Ranks column, reverse_synapse, reverse_row;
    std::vector<Synapse> synapses;

    Net(Index rows, Index columns, double density, int longest = 1) : rows(rows), columns(columns) {
        for (Index i = 0; i < rows; ++i) {
            const bool empty = density < 1 && chance(0.15);
            for (Index j = 0; j < columns; ++j) {
                if (density < 1 && (empty || !chance(density))) continue;
                const auto delay = std::int32_t(1 + engine() % unsigned(longest));
                synapses.push_back({Index(column.size()), i, j, delay});
                column.push_back(std::int32_t(j));
            }
            row_ptr.push_back(std::int64_t(column.size()));
        }
        for (Index j = 0; j < columns; ++j) {
            for (const Synapse& y : synapses)
                if (y.j == j) {
                    reverse_synapse.push_back(std::int32_t(y.s));
                    reverse_row.push_back(std::int32_t(y.i));
                }
            column_ptr.push_back(std::int64_t(reverse_row.size()));
        }
    }
    Index size() const { return Index(column.size()); }
    CsrRows csr_rows() const { return {row_ptr.data(), column.data()}; }
    CsrColumns csr_columns() const { return {column_ptr.data(), reverse_synapse.data(), reverse_row.data()}; }
    DenseRows dense_rows() const { return {rows, columns}; }
    DenseColumns dense_columns() const { return {rows, columns}; }
};

/// A population larger than its side of the store: some of its neurons, in any order, have a line there.
struct Population {
    Index size;
    Ranks line_of;

    explicit Population(Index lines) : size(lines + lines / 2 + 1), line_of(at(size), -1) {
        for (Index line = 0; line < lines; ++line) line_of[at(line)] = std::int32_t(line);
        std::shuffle(line_of.begin(), line_of.end(), engine);
    }
    Ranks fire(double p) const {
        Ranks list;
        for (Index i = 0; i < size; ++i)
            if (chance(p)) list.push_back(std::int32_t(i));
        return list;
    }
};

/// What spikes do here: the synapse counts its visits and changes its weight, its other end gathers what it was.
struct State {
    std::vector<double> w, sums, visits;

    State(const Net& net, Index others) : w(at(net.size())), sums(at(others), 0.0), visits(at(net.size()), 0.0) {
        std::uniform_real_distribution<double> draw(-1, 1);
        for (double& v : w) v = draw(engine);
    }
    bool operator==(const State&) const = default;

    void visit(Index s, Index line, Index other) {
        sums[at(other)] += w[at(s)] * double(line + 1);
        w[at(s)] *= 0.75;
        ++visits[at(s)];
    }
};

/// A spike of one row (`by_row`), or of one column, by the list of all synapses.
void plainly(const Net& net, bool by_row, Index line, State& state) {
    for (const Synapse& y : net.synapses)
        if ((by_row ? y.i : y.j) == line) state.visit(y.s, line, by_row ? y.j : y.i);
}

template <class Way, class Lines>
void along(const Net& net, const Lines& lines, bool by_row) {
    const Population source(by_row ? net.rows : net.columns);
    for (double p : {0.0, 0.1, 0.5, 1.0}) {
        const Ranks list = source.fire(p);
        const SpikeList spikes{list.data(), Index(list.size())};
        State wanted(net, by_row ? net.columns : net.rows), got = wanted, bare = wanted;
        for (std::int32_t rank : list)
            if (source.line_of[at(rank)] >= 0) plainly(net, by_row, source.line_of[at(rank)], wanted);
        const auto visitor = [](State& state) {
            double *w = state.w.data(), *sums = state.sums.data(), *visits = state.visits.data();
            return [=](Index line) {
                const double factor = double(line + 1);
                return [=](Index s, Index other) {
                    sums[other] += w[s] * factor;
                    w[s] *= 0.75;
                    ++visits[s];
                };
            };
        };
        lines.template along<Way>(spikes, source.line_of.data(), visitor(got), got.w.data(), got.visits.data());
        lines.template along<Way>(spikes, source.line_of.data(), visitor(bare));
        CHECK(got == wanted);
        CHECK(bare == wanted);
    }
}

template <class Way>
void stores(Index rows, Index columns) {
    for (double density : {0.0, 0.1, 0.6}) {
        const Net net(rows, columns, density);
        along<Way>(net, net.csr_rows(), true);
        along<Way>(net, net.csr_columns(), false);
    }
    const Net full(rows, columns, 1.0);
    along<Way>(full, full.dense_rows(), true);
    along<Way>(full, full.dense_columns(), false);
}

/// The segments of all rows, or of all columns, as their definition says.
struct OwnSegments {
    Offsets line{0}, first{0};
    Ranks delay, synapse, other;

    OwnSegments(const Net& net, bool by_row) {
        for (Index at_line = 0; at_line < (by_row ? net.rows : net.columns); ++at_line) {
            std::vector<Synapse> own;
            for (const Synapse& y : net.synapses)
                if ((by_row ? y.i : y.j) == at_line) own.push_back(y);
            std::stable_sort(own.begin(), own.end(), [](auto& a, auto& b) { return a.delay < b.delay; });
            for (std::size_t k = 0; k < own.size(); ++k) {
                synapse.push_back(std::int32_t(own[k].s));
                other.push_back(std::int32_t(by_row ? own[k].j : own[k].i));
                if (k + 1 < own.size() && own[k + 1].delay == own[k].delay) continue;
                delay.push_back(own[k].delay);
                first.push_back(std::int64_t(synapse.size()));
            }
            line.push_back(std::int64_t(delay.size()));
        }
    }
    Segments view() const { return {line.data(), delay.data(), first.data(), synapse.data(), other.data()}; }
};

/// Spikes under way: each synapse is visited `delay` steps after each spike, the earlier spikes first.
template <class Way>
void delays(Index rows, Index columns, double density, int longest, Index length, bool by_row) {
    const Net net(rows, columns, density, longest);
    const OwnSegments segments(net, by_row);
    const Population source(by_row ? rows : columns);
    Ranks ranks(at(length * source.size), -1), counts(at(length), 0);
    Offsets cursor(at(length * source.size), 12345);  // never read before it was written
    std::int64_t head = length - 1;
    State wanted(net, by_row ? columns : rows), got = wanted;
    std::vector<Ranks> emitted;
    for (int step = 0; step < 6 * int(length) + 10; ++step) {
        const bool on = step % 11 < 7;  // switched off for a while, also longer than the longest delay
        for (std::size_t k = 0; k < emitted.size(); ++k)
            for (std::int32_t rank : emitted[k]) {
                const Index line = source.line_of[at(rank)];
                for (const Synapse& y : net.synapses)
                    if (on && (by_row ? y.i : y.j) == line && y.delay == std::int32_t(emitted.size() - k))
                        wanted.visit(y.s, line, by_row ? y.j : y.i);
            }
        double *w = got.w.data(), *sums = got.sums.data(), *visits = got.visits.data();
        along_delays<Way>(
            SpikeRing{ranks.data(), counts.data(), source.size, length, head}, source.line_of.data(),
            segments.view(), cursor.data(), on, [=](Index line) {
                const double factor = double(line + 1);
                return [=](Index s, Index other) {
                    sums[other] += w[s] * factor;
                    w[s] *= 0.75;
                    ++visits[s];
                };
            });
        CHECK(got == wanted);
        emitted.push_back(source.fire(step % 7 < 3 ? 0.9 : step % 7 == 5 ? 0.0 : 0.15));  // bursts and silence
        advance(counts.data(), length, head);
        std::copy(emitted.back().begin(), emitted.back().end(), ranks.begin() + head * source.size);
        counts[at(head)] = std::int32_t(emitted.back().size());
    }
    CHECK(net.size() == 0 || *std::max_element(got.visits.begin(), got.visits.end()) > 1);
}

}  // namespace

int main() {
    for (Index rows : {0, 1, 2, 9, 20})
        for (Index columns : {0, 1, 3, 16, 37}) {
            stores<OneByOne>(rows, columns);
            stores<Together>(rows, columns);
        }
    for (bool by_row : {true, false})
        for (int longest : {1, 2, 5, 9})
            for (Index more : {0, 1, 4}) {  // a ring may be longer than these delays ask for
                delays<OneByOne>(9, 12, 0.4, longest, longest + more, by_row);
                delays<Together>(12, 7, 1.0, longest, longest + more, by_row);
                delays<OneByOne>(5, 5, 0.0, longest, longest + more, by_row);
            }
    return check::summary();
}
