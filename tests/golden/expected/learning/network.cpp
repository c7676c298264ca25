// One step of the network, phase by phase.
#include "synloom/delays.hpp"
#include "synloom/entry.hpp"
#include "synloom/record.hpp"
#include "synloom/reduce.hpp"
#include "synloom/step.hpp"

#include "sweep_csr16_05abc8da.hpp"
#include "update_bcm_a06d5f5d.hpp"
#include "update_neurons_03c33977.hpp"

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
        double* v;
        double* m;
        double* r;
        double* sum_exc;
        double* mean_v;
        double* r_line;
        Index line_length;
        std::int64_t* r_line_head;
    } a;
    struct {
        Index size;
        bool* enabled;
        double* tau;
        double* v;
        double* m;
        double* r;
        double* sum_exc;
        double* mean_v;
    } b;
    struct {
        bool* transmission;
        std::int32_t* delay;
        Index rows;
        Index columns;
        std::int64_t* row_ptr;
        std::uint16_t* column_;
        std::int32_t* row_ranks;
        std::int32_t* column_ranks;
        std::int32_t* column_counts;
        double* scratch;
        double* w;
        bool* update;
        std::int64_t* period;
        std::int64_t* offset;
        bool* plasticity;
        double* eta;
        double* tau;
        double* theta;
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
    if (*net.b.enabled) clear(net.b.size, net.b.sum_exc);

    // Transmission.
    // ff and fb
    sweep_csr16_05abc8da::run({
        .rows = net.ff.rows,
        .columns = net.ff.columns,
        .row_ptr = net.ff.row_ptr,
        .column = net.ff.column_,
        .row_ranks = net.ff.row_ranks,
        .column_ranks = net.ff.column_ranks,
        .column_counts = net.ff.column_counts,
        .scratch = net.ff.scratch,
        .on_forward = *net.ff.transmission && *net.b.enabled,
        .forward_sum = net.b.sum_exc,
        .on_back = *net.fb.transmission && *net.a.enabled,
        .back_sum = net.a.sum_exc,
        .w = net.ff.w,
        .column_r_line = net.a.r_line,
        .column_size = net.a.size,
        .column_line_length = net.a.line_length,
        .column_r_line_head = net.a.r_line_head,
        .forward_delay = net.ff.delay,
        .row_r = net.b.r,
        .column_r = net.a.r,
    }, clock);

    record(net.recorders.table, net.recorders.length, Phase::inputs, now);

    // Neurons.
    // a
    if (*net.a.enabled) {
        update_neurons_03c33977::run({
            .size = net.a.size,
            .tau = net.a.tau,
            .v = net.a.v,
            .m = net.a.m,
            .r = net.a.r,
            .sum_exc = net.a.sum_exc,
            .mean_v = net.a.mean_v,
        }, clock);
    }
    // b
    if (*net.b.enabled) {
        update_neurons_03c33977::run({
            .size = net.b.size,
            .tau = net.b.tau,
            .v = net.b.v,
            .m = net.b.m,
            .r = net.b.r,
            .sum_exc = net.b.sum_exc,
            .mean_v = net.b.mean_v,
        }, clock);
    }

    // Delay lines.
    if (*net.a.enabled) push(net.a.r_line, net.a.size, net.a.line_length, *net.a.r_line_head, net.a.r);

    // Global operations.
    if (*net.a.enabled) *net.a.mean_v = mean_of(net.a.size, net.a.v);
    if (*net.b.enabled) *net.b.mean_v = mean_of(net.b.size, net.b.v);

    // Synaptic variables.
    // ff
    if (*net.ff.transmission && *net.ff.update && *net.b.enabled && due(now, net.ff.period, net.ff.offset)) {
        update_bcm_a06d5f5d::run({
            .rows = net.ff.rows,
            .columns = net.ff.columns,
            .row_ptr = net.ff.row_ptr,
            .column = net.ff.column_,
            .row_ranks = net.ff.row_ranks,
            .column_ranks = net.ff.column_ranks,
            .scratch = net.ff.scratch,
            .plasticity = net.ff.plasticity,
            .eta = net.ff.eta,
            .tau = net.ff.tau,
            .theta = net.ff.theta,
            .w = net.ff.w,
            .row_r = net.b.r,
            .column_r_line = net.a.r_line,
            .column_size = net.a.size,
            .column_line_length = net.a.line_length,
            .column_r_line_head = net.a.r_line_head,
            .forward_delay = net.ff.delay,
        }, clock.every(*net.ff.period));
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

extern "C" std::int64_t synloom_refresh(void* table) {
    using namespace synloom;
    auto& net = *static_cast<Network*>(table);
    *net.a.mean_v = mean_of(net.a.size, net.a.v);
    *net.b.mean_v = mean_of(net.b.size, net.b.v);
    return 0;
}
