// One step of the network, phase by phase.
#include "synloom/entry.hpp"
#include "synloom/record.hpp"
#include "synloom/spikes.hpp"
#include "synloom/step.hpp"

#include "events_csr_unreliable_f1e2b1a5.hpp"
#include "events_dense_synapses_8bc18382.hpp"
#include "sweep_csr_2e13f763.hpp"
#include "sweep_dense_44bb9620.hpp"
#include "update_rate_505c16b4.hpp"
#include "update_rough_1d526df0.hpp"
#include "update_unreliable_f811ba18.hpp"

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
        double* r;
        double* sum_exc;
    } a;
    struct {
        Index size;
        bool* enabled;
        double* tau;
        double* threshold;
        double* v;
        double* g_exc;
        double* g_mod;
        std::int32_t* refractory_left;
        std::int64_t* last_spike;
        bool* spike_flags;
        std::int32_t* spike_ranks;
        std::int32_t* spike_counts;
        std::int64_t* spike_head;
        Index spike_rows;
        std::int32_t* refractory_steps;
        double* r;
        std::int64_t* rate_window;
        std::int32_t* rate_counts;
    } b;
    struct {
        std::int64_t* state;
    } random;
    struct {
        Index b;
        Index within;
    } streams;
    struct {
        Index size;
        bool* enabled;
        double* tau;
        double* r;
        double* sum_exc;
    } c;
    struct {
        bool* transmission;
        Index rows;
        Index columns;
        std::int32_t* row_ranks;
        std::int32_t* column_ranks;
        double* scratch;
        double* w;
    } down;
    struct {
        bool* transmission;
        std::int32_t* delay;
        std::int64_t* reverse_ptr;
        std::int32_t* reverse_synapse;
        std::int32_t* reverse_row;
        std::int32_t* column_of;
        std::int32_t* row_ranks;
        std::int32_t* column_ranks;
        bool* plasticity;
        double* p;
        double* w;
        double* s_;
        Index rows;
        Index columns;
        std::int64_t* row_ptr;
        std::int32_t* column_;
        bool* update;
        std::int64_t* period;
        std::int64_t* offset;
        double* tau;
    } within;
    struct {
        bool* transmission;
        std::int32_t* delay;
        Index rows;
        Index columns;
        std::int32_t* row_of;
        Index first_column;
        double* w;
    } up;
};
static_assert(sizeof(Network) == 71 * sizeof(std::int64_t));

// Whether a projection with this learning period updates its synapses in this step.
static bool due(std::int64_t step, const std::int64_t* period, const std::int64_t* offset) {
    return (step - *offset) % *period == 0;
}

static void step(Network& net) {
    const std::int64_t now = *net.clock.step;
    const auto clock = clock_at<double>(now, *net.clock.dt);

    // Clear the weighted sums.
    if (*net.a.enabled) clear(net.a.size, net.a.sum_exc);
    if (*net.c.enabled) clear(net.c.size, net.c.sum_exc);

    // Transmission.
    // down
    sweep_dense_44bb9620::run({
        .rows = net.down.rows,
        .columns = net.down.columns,
        .row_ranks = net.down.row_ranks,
        .column_ranks = net.down.column_ranks,
        .scratch = net.down.scratch,
        .on_forward = *net.down.transmission && *net.b.enabled,
        .forward_sum = net.b.g_exc,
        .w = net.down.w,
        .column_r = net.a.r,
    }, clock);
    // within: spikes of 'b'
    if (*net.within.transmission && *net.b.enabled) {
        events_csr_unreliable_f1e2b1a5::run({
            .reverse_ptr = net.within.reverse_ptr,
            .reverse_synapse = net.within.reverse_synapse,
            .reverse_row = net.within.reverse_row,
            .column_of = net.within.column_of,
            .row_ranks = net.within.row_ranks,
            .column_ranks = net.within.column_ranks,
            .spike_ring = spikes_of(net.b),
            .delay = net.within.delay,
            .plasticity = net.within.plasticity,
            .draw_state = net.random.state,
            .draw_object = net.streams.within,
            .p = net.within.p,
            .w = net.within.w,
            .s_ = net.within.s_,
        }, clock);
    }
    // within: exc
    sweep_csr_2e13f763::run({
        .rows = net.within.rows,
        .columns = net.within.columns,
        .row_ptr = net.within.row_ptr,
        .column = net.within.column_,
        .row_ranks = net.within.row_ranks,
        .on_forward = *net.within.transmission && *net.b.enabled,
        .forward_sum = net.b.g_exc,
        .w = net.within.w,
        .s_ = net.within.s_,
        .row_v = net.b.v,
    }, clock);
    // within: mod
    sweep_csr_2e13f763::run({
        .rows = net.within.rows,
        .columns = net.within.columns,
        .row_ptr = net.within.row_ptr,
        .column = net.within.column_,
        .row_ranks = net.within.row_ranks,
        .on_forward = *net.within.transmission && *net.b.enabled,
        .forward_sum = net.b.g_mod,
        .w = net.within.w,
        .s_ = net.within.s_,
        .row_v = net.b.v,
    }, clock);
    // up: spikes of 'b'
    if (*net.up.transmission && *net.c.enabled) {
        events_dense_synapses_8bc18382::run({
            .rows = net.up.rows,
            .columns = net.up.columns,
            .row_of = net.up.row_of,
            .first_column = net.up.first_column,
            .spike_ring = spikes_of(net.b),
            .delay = net.up.delay,
            .g_target = net.c.sum_exc,
            .w = net.up.w,
        }, clock);
    }

    record(net.recorders.table, net.recorders.length, Phase::inputs, now);

    // New spike lists.
    begin_spikes(net.b);

    // Neurons.
    // a
    if (*net.a.enabled) {
        update_rate_505c16b4::run({
            .size = net.a.size,
            .tau = net.a.tau,
            .r = net.a.r,
            .sum_exc = net.a.sum_exc,
        }, clock);
    }
    // b
    if (*net.b.enabled) {
        update_rough_1d526df0::run({
            .size = net.b.size,
            .draw_state = net.random.state,
            .draw_object = net.streams.b,
            .tau = net.b.tau,
            .threshold = net.b.threshold,
            .v = net.b.v,
            .g_exc = net.b.g_exc,
            .g_mod = net.b.g_mod,
            .refractory_left = net.b.refractory_left,
            .last_spike = net.b.last_spike,
            .spike_flags = net.b.spike_flags,
            .spike_list = new_spikes_of(net.b),
            .refractory_steps = net.b.refractory_steps,
        }, clock);
    }
    // c
    if (*net.c.enabled) {
        update_rate_505c16b4::run({
            .size = net.c.size,
            .tau = net.c.tau,
            .r = net.c.r,
            .sum_exc = net.c.sum_exc,
        }, clock);
    }

    // Firing rates.
    update_rates(net.b, *net.clock.dt);

    // Synaptic variables.
    // within
    if (*net.within.transmission && *net.within.update && *net.b.enabled
        && due(now, net.within.period, net.within.offset)) {
        update_unreliable_f811ba18::run({
            .rows = net.within.rows,
            .columns = net.within.columns,
            .row_ptr = net.within.row_ptr,
            .column = net.within.column_,
            .tau = net.within.tau,
            .s_ = net.within.s_,
        }, clock.every(*net.within.period));
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
