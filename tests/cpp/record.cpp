// Recorders as a table of 64-bit integers: which steps, which items, full blocks.
#include <cstddef>
#include <vector>

#include "check.hpp"
#include "synloom/record.hpp"

using namespace synloom;

namespace {

/// Steps of a run of 20 in which a recorder of these settings stores a sample.
std::vector<Index> steps_of(std::int64_t period, std::int64_t offset, std::int64_t start, Index from) {
    std::int64_t clock = 0;
    std::vector<std::int64_t> block(20, -1);
    Recorder r{&clock, 8, 1, nullptr, block.data(), 20, 0, period, offset, start, 1, 4};
    for (Index step = from; step < from + 20; ++step) {
        clock = step;
        CHECK(record(&r, 1, 4, step) == 0);
        CHECK(record(&r, 1, 3, step) == 0);  // another phase of the step
    }
    return {block.begin(), block.begin() + r.cursor};
}

template <class Item>
void items(std::int64_t item_bytes) {
    std::vector<Item> source(10);
    for (std::size_t k = 0; k < source.size(); ++k)
        for (std::size_t b = 0; b < sizeof(Item); ++b)
            reinterpret_cast<unsigned char*>(&source[k])[b] = static_cast<unsigned char>(16 * k + b);
    const std::vector<std::int32_t> ranks{7, 0, 9, 3, 3};
    std::vector<Item> some(2 * ranks.size() + 1), all(2 * source.size() + 1);
    const std::vector<Item> blank(1);
    Recorder r[2] = {{source.data(), item_bytes, 5, ranks.data(), some.data(), 2, 0, 1, 0, 0, 1, 0},
                     {source.data(), item_bytes, 10, nullptr, all.data(), 2, 0, 1, 0, 0, 1, 0}};
    CHECK(record(r, 2, 0, 0) == 0);
    CHECK(record(r, 2, 0, 1) == 0);
    for (std::size_t sample = 0; sample < 2; ++sample) {
        for (std::size_t k = 0; k < ranks.size(); ++k)
            CHECK(std::memcmp(&some[sample * 5 + k], &source[static_cast<std::size_t>(ranks[k])], sizeof(Item)) == 0);
        CHECK(std::memcmp(&all[sample * 10], source.data(), 10 * sizeof(Item)) == 0);
    }
    CHECK(std::memcmp(&some[10], blank.data(), sizeof(Item)) == 0);
    CHECK(std::memcmp(&all[20], blank.data(), sizeof(Item)) == 0);
}

struct Odd {
    unsigned char bytes[3];
};

void when() {
    using Steps = std::vector<Index>;
    CHECK((steps_of(1, 0, 0, 0).size() == 20));
    CHECK((steps_of(3, 0, 0, 0) == Steps{0, 3, 6, 9, 12, 15, 18}));
    CHECK((steps_of(3, 2, 0, 0) == Steps{2, 5, 8, 11, 14, 17}));
    CHECK((steps_of(2, 0, 5, 5) == Steps{5, 7, 9, 11, 13, 15, 17, 19, 21, 23}));
    CHECK((steps_of(4, 1, 5, 5) == Steps{6, 10, 14, 18, 22}));
    CHECK((steps_of(5, 0, 3, 0) == Steps{3, 8, 13, 18}));  // the clock was set back before `start`
    CHECK((steps_of(5, 4, 3, 0) == Steps{2, 7, 12, 17}));
}

void full_and_paused() {
    double value = 1.5;
    std::vector<double> block(3, -1.0);
    Recorder r[3] = {{&value, 8, 1, nullptr, block.data(), 2, 0, 1, 0, 0, 1, 0},
                     {&value, 8, 1, nullptr, nullptr, 0, 0, 1, 0, 0, 0, 0},    // paused
                     {&value, 8, 0, nullptr, nullptr, 100, 0, 1, 0, 0, 1, 0}};  // of no items
    CHECK(record(r, 3, 0, 0) == 0 && record(r, 3, 0, 1) == 0);
    CHECK(r[0].cursor == 2 && r[1].cursor == 0 && r[2].cursor == 2);
    CHECK(record(r, 3, 0, 2) == 1 && record(r, 1, 0, 3) == 1);
    CHECK(r[0].cursor == 2 && block[0] == 1.5 && block[1] == 1.5 && block[2] == -1);
    r[0].active = 0;
    CHECK(record(r, 1, 0, 4) == 0);
    r[0].active = 1, r[0].capacity = 3, value = 2.5;
    CHECK(record(r, 1, 0, 4) == 0 && block[2] == 2.5);
    CHECK(record(r, 0, 0, 4) == 0);
}

/// A population whose newest list is the second row of its ring.
struct Spikes {
    static constexpr std::int64_t neurons = 5;
    std::vector<std::int32_t> ranks = std::vector<std::int32_t>(3 * neurons, -1);
    std::vector<std::int32_t> counts = {4, 0, 4};  // the other rows are of other steps
    std::int64_t head = 1;

    void fire(const std::vector<std::int32_t>& list) {
        for (std::size_t k = 0; k < list.size(); ++k) ranks[std::size_t(head * neurons) + k] = list[k];
        counts[std::size_t(head)] = std::int32_t(list.size());
    }
};

void spikes() {
    using Ranks = std::vector<std::int32_t>;
    using Steps = std::vector<std::int64_t>;
    Spikes p;
    const bool some[5] = {false, true, false, true, true};
    Ranks all_ranks(13, -7), some_ranks(13, -7);
    Steps all_marks(26, -7), some_marks(26, -7);
    SpikeRecorder r[2] = {
        {p.ranks.data(), p.counts.data(), &p.head, 5, nullptr, all_ranks.data(), all_marks.data(), 12, 0, 0},
        {p.ranks.data(), p.counts.data(), &p.head, 5, some, some_ranks.data(), some_marks.data(), 12, 0, 0}};
    record_spikes(r, 2, 6);  // nobody fired
    CHECK(r[0].cursor == 0 && r[1].cursor == 0 && all_ranks[0] == -7);
    CHECK(r[0].marked == 0 && r[1].marked == 0 && all_marks[0] == -7);
    p.fire({0, 3});
    record_spikes(r, 2, 7);
    CHECK(r[0].cursor == 2 && r[1].cursor == 1 && room_for_spikes(r, 2));
    p.head = 2;
    p.fire({0, 1, 2, 3, 4});
    record_spikes(r, 2, 9);
    CHECK(r[0].cursor == 7 && r[1].cursor == 4);
    CHECK((all_ranks == Ranks{0, 3, 0, 1, 2, 3, 4, -7, -7, -7, -7, -7, -7}));
    CHECK(r[0].marked == 2 && (Steps(all_marks.begin(), all_marks.begin() + 5) == Steps{7, 2, 9, 7, -7}));
    CHECK((some_ranks == Ranks{3, 1, 3, 4, -7, -7, -7, -7, -7, -7, -7, -7, -7}));
    CHECK(r[1].marked == 2 && (Steps(some_marks.begin(), some_marks.begin() + 5) == Steps{7, 1, 9, 4, -7}));
    CHECK(room_for_spikes(r, 2));  // all neurons may fire once more, and then no more
    record_spikes(r, 2, 10);
    CHECK(r[0].cursor == 12 && r[1].cursor == 7 && all_ranks[12] == -7 && all_marks[6] == -7);
    CHECK(!room_for_spikes(r, 1) && room_for_spikes(r + 1, 1) && !room_for_spikes(r, 2));
    r[1].cursor = 8;  // room for four: a mask is no promise
    CHECK(!room_for_spikes(r + 1, 1));
    CHECK(room_for_spikes(r, 0));
    record_spikes(r, 0, 11);
    CHECK(r[0].cursor == 12);
}

/// The columns of the tables that Python writes.
void layout() {
    CHECK(sizeof(Recorder) == 96);
    CHECK(offsetof(Recorder, source) == 0 && offsetof(Recorder, item_bytes) == 8);
    CHECK(offsetof(Recorder, count) == 16 && offsetof(Recorder, ranks) == 24);
    CHECK(offsetof(Recorder, block) == 32 && offsetof(Recorder, capacity) == 40);
    CHECK(offsetof(Recorder, cursor) == 48 && offsetof(Recorder, period) == 56);
    CHECK(offsetof(Recorder, offset) == 64 && offsetof(Recorder, start) == 72);
    CHECK(offsetof(Recorder, active) == 80 && offsetof(Recorder, phase) == 88);
    CHECK(sizeof(SpikeRecorder) == 80);
    CHECK(offsetof(SpikeRecorder, ranks) == 0 && offsetof(SpikeRecorder, counts) == 8);
    CHECK(offsetof(SpikeRecorder, head) == 16 && offsetof(SpikeRecorder, neurons) == 24);
    CHECK(offsetof(SpikeRecorder, recorded) == 32 && offsetof(SpikeRecorder, block_ranks) == 40);
    CHECK(offsetof(SpikeRecorder, marks) == 48 && offsetof(SpikeRecorder, capacity) == 56);
    CHECK(offsetof(SpikeRecorder, cursor) == 64 && offsetof(SpikeRecorder, marked) == 72);
}

}  // namespace

int main() {
    when();
    items<double>(8);
    items<float>(4);
    items<unsigned char>(1);
    items<Odd>(3);
    full_and_paused();
    spikes();
    layout();
    return check::summary();
}
