// One step of the network, phase by phase.
#include "synloom/entry.hpp"
#include "synloom/record.hpp"
#include "synloom/spikes.hpp"
#include "synloom/step.hpp"

#include "events_csr_axons_9caf69f8.hpp"
#include "events_csr_axons_b1a4c599.hpp"
#include "events_csr_stdp_208fd8bd.hpp"
#include "events_csr_stdp_375d5440.hpp"
#include "events_csr_stdp_53dce7f6.hpp"
#include "update_tired_e12a3bc5.hpp"

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
        double* period;
        double* v;
        double* rest;
        double* g_exc;
        double* g_fb;
        std::int32_t* refractory_left;
        std::int64_t* last_spike;
        bool* spike_flags;
        std::int32_t* spike_ranks;
        std::int32_t* spike_counts;
        std::int64_t* spike_head;
        Index spike_rows;
        bool* axon_flags;
        std::int32_t* axon_ranks;
        std::int32_t* axon_counts;
        double* r;
        std::int64_t* rate_window;
        std::int32_t* rate_counts;
    } a;
    struct {
        Index size;
        bool* enabled;
        double* tau;
        double* period;
        double* v;
        double* rest;
        double* g_exc;
        double* g_fb;
        std::int32_t* refractory_left;
        std::int64_t* last_spike;
        bool* spike_flags;
        std::int32_t* spike_ranks;
        std::int32_t* spike_counts;
        std::int64_t* spike_head;
        Index spike_rows;
        bool* axon_flags;
        std::int32_t* axon_ranks;
        std::int32_t* axon_counts;
        double* r;
        std::int64_t* rate_window;
        std::int32_t* rate_counts;
    } b;
    struct {
        bool* transmission;
        std::int64_t* column_segment_line;
        std::int32_t* column_segment_delay;
        std::int64_t* column_segment_first;
        std::int32_t* column_segment_synapse;
        std::int32_t* column_segment_other;
        std::int64_t* cursor;
        std::int32_t* delay;
        std::int32_t* event_step;
        std::int32_t* column_of;
        std::int32_t* row_ranks;
        bool* plasticity;
        double* tau_pre;
        double* tau_post;
        double* A;
        double* w;
        double* x;
        double* y;
        std::int64_t* row_ptr;
        std::int32_t* column_;
        std::int32_t* row_of;
        std::int32_t* column_ranks;
        double* w_max;
    } ff;
    struct {
        bool* transmission;
        std::int32_t* delay;
    } fb;
    struct {
        bool* transmission;
        std::int32_t* delay;
        std::int64_t* row_ptr;
        std::int32_t* column_;
        std::int32_t* row_of;
        Index first_column;
        double* w;
        bool* axon_transmission;
    } side;
};
static_assert(sizeof(Network) == 81 * sizeof(std::int64_t));

static void step(Network& net) {
    const std::int64_t now = *net.clock.step;
    const auto clock = clock_at<double>(now, *net.clock.dt);

    // Transmission.
    // ff: spikes of 'a'
    events_csr_stdp_53dce7f6::run({
        .segment_line = net.ff.column_segment_line,
        .segment_delay = net.ff.column_segment_delay,
        .segment_first = net.ff.column_segment_first,
        .segment_synapse = net.ff.column_segment_synapse,
        .segment_other = net.ff.column_segment_other,
        .column_of = net.ff.column_of,
        .row_ranks = net.ff.row_ranks,
        .on = *net.ff.transmission && *net.b.enabled,
        .cursor = net.ff.cursor,
        .spike_ring = spikes_of(net.a),
        .delay = net.ff.delay,
        .post_last_spike = net.b.last_spike,
        .g_target = net.b.g_exc,
        .plasticity = net.ff.plasticity,
        .tau_pre = net.ff.tau_pre,
        .tau_post = net.ff.tau_post,
        .A = net.ff.A,
        .w = net.ff.w,
        .x = net.ff.x,
        .y = net.ff.y,
        .event_step = net.ff.event_step,
    }, clock);
    // fb: spikes of 'b'
    if (*net.fb.transmission && *net.a.enabled) {
        events_csr_stdp_375d5440::run({
            .row_ptr = net.ff.row_ptr,
            .column = net.ff.column_,
            .row_of = net.ff.row_of,
            .column_ranks = net.ff.column_ranks,
            .spike_ring = spikes_of(net.b),
            .delay = net.fb.delay,
            .g_target = net.a.g_fb,
            .w = net.ff.w,
        }, clock);
    }
    // side: spikes of 'a'
    if (*net.side.transmission && *net.b.enabled) {
        events_csr_axons_b1a4c599::run({
            .row_ptr = net.side.row_ptr,
            .column = net.side.column_,
            .row_of = net.side.row_of,
            .first_column = net.side.first_column,
            .spike_ring = spikes_of(net.a),
            .delay = net.side.delay,
            .g_target = net.b.g_exc,
            .w = net.side.w,
        }, clock);
    }
    // side: axonal spikes of 'a'
    if (*net.side.transmission && *net.b.enabled && *net.side.axon_transmission) {
        events_csr_axons_9caf69f8::run({
            .row_ptr = net.side.row_ptr,
            .column = net.side.column_,
            .row_of = net.side.row_of,
            .first_column = net.side.first_column,
            .spike_ring = axonal_spikes_of(net.a),
            .delay = net.side.delay,
            .g_target = net.b.g_exc,
            .w = net.side.w,
        }, clock);
    }

    record(net.recorders.table, net.recorders.length, Phase::inputs, now);

    // New spike lists.
    begin_spikes(net.a);
    begin_spikes(net.b);

    // Neurons.
    // a
    if (*net.a.enabled) {
        update_tired_e12a3bc5::run({
            .size = net.a.size,
            .tau = net.a.tau,
            .period = net.a.period,
            .v = net.a.v,
            .rest = net.a.rest,
            .g_exc = net.a.g_exc,
            .g_fb = net.a.g_fb,
            .refractory_left = net.a.refractory_left,
            .last_spike = net.a.last_spike,
            .spike_flags = net.a.spike_flags,
            .spike_list = new_spikes_of(net.a),
            .axon_flags = net.a.axon_flags,
            .axon_list = new_axonal_spikes_of(net.a),
        }, clock);
    }
    // b
    if (*net.b.enabled) {
        update_tired_e12a3bc5::run({
            .size = net.b.size,
            .tau = net.b.tau,
            .period = net.b.period,
            .v = net.b.v,
            .rest = net.b.rest,
            .g_exc = net.b.g_exc,
            .g_fb = net.b.g_fb,
            .refractory_left = net.b.refractory_left,
            .last_spike = net.b.last_spike,
            .spike_flags = net.b.spike_flags,
            .spike_list = new_spikes_of(net.b),
            .axon_flags = net.b.axon_flags,
            .axon_list = new_axonal_spikes_of(net.b),
        }, clock);
    }

    // Firing rates.
    update_rates(net.a, *net.clock.dt);
    update_rates(net.b, *net.clock.dt);

    // Post-synaptic spikes.
    // ff: post-synaptic spikes of 'b'
    if (*net.ff.transmission && *net.b.enabled) {
        events_csr_stdp_208fd8bd::run({
            .row_ptr = net.ff.row_ptr,
            .column = net.ff.column_,
            .row_of = net.ff.row_of,
            .row_ranks = net.ff.row_ranks,
            .column_ranks = net.ff.column_ranks,
            .spike_ring = spikes_of(net.b),
            .plasticity = net.ff.plasticity,
            .row_last_spike = net.b.last_spike,
            .column_last_spike = net.a.last_spike,
            .tau_pre = net.ff.tau_pre,
            .tau_post = net.ff.tau_post,
            .A = net.ff.A,
            .w_max = net.ff.w_max,
            .w = net.ff.w,
            .x = net.ff.x,
            .y = net.ff.y,
            .event_step = net.ff.event_step,
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
