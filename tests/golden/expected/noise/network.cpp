// One step of the network, phase by phase.
#include "synloom/entry.hpp"
#include "synloom/record.hpp"
#include "synloom/step.hpp"

#include "sweep_dense_2ddfd753.hpp"
#include "update_drift_6ee53fde.hpp"
#include "update_noisy_18c4e3bb.hpp"

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
        double* tau;
        double* sigma;
        double* mu;
        double* v;
        std::int64_t* n;
        double* r;
        double* sum_exc;
        double* sum_fb;
    } a;
    struct {
        std::int64_t* state;
    } random;
    struct {
        Index a;
        Index b;
        Index ff;
        Index fb;
    } streams;
    struct {
        Index size;
        bool* enabled;
        double* tau;
        double* sigma;
        double* mu;
        double* v;
        std::int64_t* n;
        double* r;
        double* sum_exc;
        double* sum_fb;
    } b;
    struct {
        bool* transmission;
        Index rows;
        Index columns;
        std::int32_t* row_ranks;
        std::int32_t* column_ranks;
        double* scratch;
        double* w;
        bool* update;
        std::int64_t* period;
        std::int64_t* offset;
        bool* plasticity;
        double* bias;
    } ff;
    struct {
        bool* transmission;
    } fb;
};
static_assert(sizeof(Network) == 44 * sizeof(std::int64_t));

// Whether a projection with this learning period updates its synapses in this step.
static bool due(std::int64_t step, const std::int64_t* period, const std::int64_t* offset) {
    return (step - *offset) % *period == 0;
}

static void step(Network& net) {
    const std::int64_t now = *net.clock.step;
    const auto clock = clock_at<double>(now, *net.clock.dt);

    // Clear the weighted sums.
    if (*net.a.enabled) clear(net.a.size, net.a.sum_exc);
    if (*net.a.enabled) clear(net.a.size, net.a.sum_fb);
    if (*net.b.enabled) clear(net.b.size, net.b.sum_exc);
    if (*net.b.enabled) clear(net.b.size, net.b.sum_fb);

    // Transmission.
    // ff and fb
    sweep_dense_2ddfd753::run({
        .rows = net.ff.rows,
        .columns = net.ff.columns,
        .row_ranks = net.ff.row_ranks,
        .column_ranks = net.ff.column_ranks,
        .scratch = net.ff.scratch,
        .draw_state = net.random.state,
        .on_forward = *net.ff.transmission && *net.b.enabled,
        .forward_sum = net.b.sum_exc,
        .forward_draws = net.streams.ff,
        .on_back = *net.fb.transmission && *net.a.enabled,
        .back_sum = net.a.sum_fb,
        .back_draws = net.streams.fb,
        .w = net.ff.w,
        .column_r = net.a.r,
        .row_r = net.b.r,
    }, clock);

    record(net.recorders.table, net.recorders.length, Phase::inputs, now);

    // Neurons.
    // a
    if (*net.a.enabled) {
        update_noisy_18c4e3bb::run({
            .size = net.a.size,
            .draw_state = net.random.state,
            .draw_object = net.streams.a,
            .tau = net.a.tau,
            .sigma = net.a.sigma,
            .mu = net.a.mu,
            .v = net.a.v,
            .n = net.a.n,
            .r = net.a.r,
            .sum_exc = net.a.sum_exc,
            .sum_fb = net.a.sum_fb,
        }, clock);
    }
    // b
    if (*net.b.enabled) {
        update_noisy_18c4e3bb::run({
            .size = net.b.size,
            .draw_state = net.random.state,
            .draw_object = net.streams.b,
            .tau = net.b.tau,
            .sigma = net.b.sigma,
            .mu = net.b.mu,
            .v = net.b.v,
            .n = net.b.n,
            .r = net.b.r,
            .sum_exc = net.b.sum_exc,
            .sum_fb = net.b.sum_fb,
        }, clock);
    }

    // Synaptic variables.
    // ff
    if (*net.ff.transmission && *net.ff.update && *net.b.enabled && due(now, net.ff.period, net.ff.offset)) {
        update_drift_6ee53fde::run({
            .rows = net.ff.rows,
            .columns = net.ff.columns,
            .row_ranks = net.ff.row_ranks,
            .column_ranks = net.ff.column_ranks,
            .plasticity = net.ff.plasticity,
            .draw_state = net.random.state,
            .draw_object = net.streams.ff,
            .bias = net.ff.bias,
            .w = net.ff.w,
        }, clock.every(*net.ff.period));
    }

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
        if (!synloom::room_for_spikes(net.recorders.spikes, net.recorders.spike_length)) return n;
        synloom::step(net);
    }
    return steps;
}

extern "C" std::int64_t synloom_refresh(void*) {
    return 0;
}
