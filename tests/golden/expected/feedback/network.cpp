// One step of the network, phase by phase.
#include "synloom/entry.hpp"
#include "synloom/record.hpp"
#include "synloom/step.hpp"

#include "sweep_dense_3d5fa6bf.hpp"
#include "update_neurons_1f1045e4.hpp"
#include "update_neurons_67103a3a.hpp"

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
        double* b;
        double* r;
        double* sum_fb;
    } pixels;
    struct {
        Index size;
        bool* enabled;
        double* tau;
        double* r;
        double* sum_exc;
    } features;
    struct {
        bool* transmission;
        Index rows;
        Index columns;
        std::int32_t* row_ranks;
        std::int32_t* column_ranks;
        double* scratch;
        double* w;
    } ff;
    struct {
        bool* transmission;
    } fb;
};
static_assert(sizeof(Network) == 24 * sizeof(std::int64_t));

static void step(Network& net) {
    const std::int64_t now = *net.clock.step;
    const auto clock = clock_at<double>(now, *net.clock.dt);

    // Clear the weighted sums.
    if (*net.pixels.enabled) clear(net.pixels.size, net.pixels.sum_fb);
    if (*net.features.enabled) clear(net.features.size, net.features.sum_exc);

    // Transmission.
    // ff and fb
    sweep_dense_3d5fa6bf::run({
        .rows = net.ff.rows,
        .columns = net.ff.columns,
        .row_ranks = net.ff.row_ranks,
        .column_ranks = net.ff.column_ranks,
        .scratch = net.ff.scratch,
        .on_forward = *net.ff.transmission && *net.features.enabled,
        .forward_sum = net.features.sum_exc,
        .on_back = *net.fb.transmission && *net.pixels.enabled,
        .back_sum = net.pixels.sum_fb,
        .w = net.ff.w,
        .column_r = net.pixels.r,
        .row_r = net.features.r,
    }, clock);

    record(net.recorders.table, net.recorders.length, Phase::inputs, now);

    // Neurons.
    // pixels
    if (*net.pixels.enabled) {
        update_neurons_67103a3a::run({
            .size = net.pixels.size,
            .b = net.pixels.b,
            .r = net.pixels.r,
            .sum_fb = net.pixels.sum_fb,
        }, clock);
    }
    // features
    if (*net.features.enabled) {
        update_neurons_1f1045e4::run({
            .size = net.features.size,
            .tau = net.features.tau,
            .r = net.features.r,
            .sum_exc = net.features.sum_exc,
        }, clock);
    }

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
