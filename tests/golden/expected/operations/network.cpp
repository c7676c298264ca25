// One step of the network, phase by phase.
#include "synloom/delays.hpp"
#include "synloom/entry.hpp"
#include "synloom/record.hpp"
#include "synloom/step.hpp"

#include "sweep_dense_85e05300.hpp"
#include "update_neurons_3b49e83b.hpp"
#include "update_relay_adcdc160.hpp"

namespace synloom {

// The binding table as Python fills it: one 64-bit word each, arrays by address.
struct Network {
    struct {
        std::int64_t* step;
        double* dt;
    } clock;
    struct {
        Index length;
        Recorder* table;
        Index spike_length;
        SpikeRecorder* spikes;
    } recorders;
    struct {
        Index size;
        bool* enabled;
        std::int64_t* c;
        double* r;
        double* r_line;
        Index line_length;
        std::int64_t* r_line_head;
    } a;
    struct {
        Index size;
        bool* enabled;
        double* r;
        double* sum_exc;
    } b;
    struct {
        double* gain;
    } constants;
    struct {
        bool* transmission;
        std::int32_t* delay;
        Index rows;
        Index columns;
        std::int32_t* row_ranks;
        std::int32_t* column_ranks;
        double* w;
    } most;
};
static_assert(sizeof(Network) == 25 * sizeof(std::int64_t));

static void step(Network& net) {
    const std::int64_t now = *net.clock.step;
    const auto clock = clock_at<double>(now, *net.clock.dt);

    // Clear the weighted sums.
    if (*net.b.enabled) clear(net.b.size, net.b.sum_exc);

    // Transmission.
    // most
    sweep_dense_85e05300::run({
        .rows = net.most.rows,
        .columns = net.most.columns,
        .row_ranks = net.most.row_ranks,
        .column_ranks = net.most.column_ranks,
        .on_forward = *net.most.transmission && *net.b.enabled,
        .forward_sum = net.b.sum_exc,
        .w = net.most.w,
        .column_r_line = net.a.r_line,
        .column_size = net.a.size,
        .column_line_length = net.a.line_length,
        .column_r_line_head = net.a.r_line_head,
        .forward_delay = net.most.delay,
    }, clock);

    record(net.recorders.table, net.recorders.length, Phase::inputs, now);

    // Neurons.
    // a
    if (*net.a.enabled) {
        update_neurons_3b49e83b::run({
            .size = net.a.size,
            .c = net.a.c,
            .r = net.a.r,
        }, clock);
    }
    // b
    if (*net.b.enabled) {
        update_relay_adcdc160::run({
            .size = net.b.size,
            .r = net.b.r,
            .sum_exc = net.b.sum_exc,
            .gain = net.constants.gain,
        }, clock);
    }

    // Delay lines.
    if (*net.a.enabled) push(net.a.r_line, net.a.size, net.a.line_length, *net.a.r_line_head, net.a.r);

    record(net.recorders.table, net.recorders.length, Phase::states, now);
    record_spikes(net.recorders.spikes, net.recorders.spike_length, now);
    *net.clock.step = now + 1;
}

}  // namespace synloom

extern "C" std::int64_t synloom_words() { return sizeof(synloom::Network) / sizeof(std::int64_t); }

extern "C" std::int64_t synloom_run(void* table, std::int64_t steps) {
    auto& net = *static_cast<synloom::Network*>(table);
    for (std::int64_t n = 0; n < steps; ++n) {
        if (!synloom::room_for_spikes(net.recorders.spikes, net.recorders.spike_length)) return n;
        synloom::step(net);
    }
    return steps;
}

extern "C" std::int64_t synloom_refresh(void*) {
    return 0;
}
