// One step of the network, phase by phase.
#include "synloom/entry.hpp"
#include "synloom/record.hpp"
#include "synloom/step.hpp"

#include "sweep_csr16_a1454df8.hpp"
#include "update_growing_1490d041.hpp"
#include "update_neurons_bd2a8441.hpp"

namespace synloom {

// The binding table as Python fills it: one 64-bit word each, arrays by address.
struct Network {
    struct {
        std::int64_t* step;
        double* dt;
        std::int64_t* pause;
        std::int64_t* phase;
    } clock;
    struct {
        Index length;
        Recorder* table;
        Index spike_length;
        SpikeRecorder* spikes;
    } recorders;
    struct {
        std::int64_t* state;
    } random;
    struct {
        Index size;
        bool* enabled;
        double* r;
        double* sum_exc;
    } a;
    struct {
        Index size;
        bool* enabled;
        double* r;
        double* sum_exc;
    } b;
    struct {
        bool* transmission;
        Index rows;
        Index columns;
        std::int64_t* row_ptr;
        std::uint16_t* column_;
        std::int32_t* row_ranks;
        std::int32_t* column_ranks;
        double* scratch;
        double* w;
        bool* update;
        std::int64_t* period;
        std::int64_t* offset;
        double* age;
    } ff;
};
static_assert(sizeof(Network) == 30 * sizeof(std::int64_t));

// Whether a projection with this learning period updates its synapses in this step.
static bool due(std::int64_t step, const std::int64_t* period, const std::int64_t* offset) {
    return (step - *offset) % *period == 0;
}

// The phases before structural plasticity.
static void update(Network& net) {
    const std::int64_t now = *net.clock.step;
    const auto clock = clock_at<double>(now, *net.clock.dt);

    // Clear the weighted sums.
    if (*net.a.enabled) clear(net.a.size, net.a.sum_exc);
    if (*net.b.enabled) clear(net.b.size, net.b.sum_exc);

    // Transmission.
    // ff
    sweep_csr16_a1454df8::run({
        .rows = net.ff.rows,
        .columns = net.ff.columns,
        .row_ptr = net.ff.row_ptr,
        .column = net.ff.column_,
        .row_ranks = net.ff.row_ranks,
        .column_ranks = net.ff.column_ranks,
        .scratch = net.ff.scratch,
        .on_forward = *net.ff.transmission && *net.b.enabled,
        .forward_sum = net.b.sum_exc,
        .w = net.ff.w,
        .column_r = net.a.r,
    }, clock);

    record(net.recorders.table, net.recorders.length, Phase::inputs, now);

    // Neurons.
    // a
    if (*net.a.enabled) {
        update_neurons_bd2a8441::run({
            .size = net.a.size,
            .r = net.a.r,
            .sum_exc = net.a.sum_exc,
        }, clock);
    }
    // b
    if (*net.b.enabled) {
        update_neurons_bd2a8441::run({
            .size = net.b.size,
            .r = net.b.r,
            .sum_exc = net.b.sum_exc,
        }, clock);
    }

    // Synaptic variables.
    // ff
    if (*net.ff.transmission && *net.ff.update && *net.b.enabled && due(now, net.ff.period, net.ff.offset)) {
        update_growing_1490d041::run({
            .rows = net.ff.rows,
            .columns = net.ff.columns,
            .row_ptr = net.ff.row_ptr,
            .column = net.ff.column_,
            .age = net.ff.age,
        }, clock.every(*net.ff.period));
    }
}

// The phases after it.
static void finish(Network& net) {
    const std::int64_t now = *net.clock.step;
    record(net.recorders.table, net.recorders.length, Phase::states, now);
    record_spikes(net.recorders.spikes, net.recorders.spike_length, now);
    ++net.random.state[1];
    *net.clock.step = now + 1;
}

}  // namespace synloom

extern "C" std::int64_t synloom_words() { return sizeof(synloom::Network) / sizeof(std::int64_t); }

extern "C" std::int64_t synloom_run(void* table, std::int64_t steps) {
    auto& net = *static_cast<synloom::Network*>(table);
    for (std::int64_t n = 0; n < steps; ++n) {
        if (*net.clock.phase == 0) {
            if (!synloom::room_for_spikes(net.recorders.spikes, net.recorders.spike_length)) return n;
            synloom::update(net);
            if (*net.clock.step == *net.clock.pause) {
                // Python changes the synapses; the next call goes on from here.
                *net.clock.phase = 1;
                return n;
            }
        }
        *net.clock.phase = 0;
        synloom::finish(net);
    }
    return steps;
}

extern "C" std::int64_t synloom_refresh(void*) {
    return 0;
}
