// One step of the network, phase by phase.
#include "synloom/entry.hpp"
#include "synloom/record.hpp"
#include "synloom/spikes.hpp"
#include "synloom/step.hpp"

#include "events_csr_synapses_b1a4c599.hpp"
#include "update_coba_101ea859.hpp"

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
        double* El;
        double* Vr;
        double* Vt;
        double* Erev_exc;
        double* Erev_inh;
        double* tau;
        double* tau_exc;
        double* tau_inh;
        double* I;
        double* v;
        double* g_exc;
        double* g_inh;
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
    } cells;
    struct {
        bool* transmission;
        std::int32_t* delay;
        std::int64_t* row_ptr;
        std::int32_t* column_;
        std::int32_t* row_of;
        Index first_column;
        double* w;
    } exc;
    struct {
        bool* transmission;
        std::int32_t* delay;
        std::int64_t* row_ptr;
        std::int32_t* column_;
        std::int32_t* row_of;
        Index first_column;
        double* w;
    } inh;
};
static_assert(sizeof(Network) == 45 * sizeof(std::int64_t));

static void step(Network& net) {
    const std::int64_t now = *net.clock.step;
    const auto clock = clock_at<double>(now, *net.clock.dt);

    // Transmission.
    // exc: spikes of 'cells'
    if (*net.exc.transmission && *net.cells.enabled) {
        events_csr_synapses_b1a4c599::run({
            .row_ptr = net.exc.row_ptr,
            .column = net.exc.column_,
            .row_of = net.exc.row_of,
            .first_column = net.exc.first_column,
            .spike_ring = spikes_of(net.cells),
            .delay = net.exc.delay,
            .g_target = net.cells.g_exc,
            .w = net.exc.w,
        }, clock);
    }
    // inh: spikes of 'cells'
    if (*net.inh.transmission && *net.cells.enabled) {
        events_csr_synapses_b1a4c599::run({
            .row_ptr = net.inh.row_ptr,
            .column = net.inh.column_,
            .row_of = net.inh.row_of,
            .first_column = net.inh.first_column,
            .spike_ring = spikes_of(net.cells),
            .delay = net.inh.delay,
            .g_target = net.cells.g_inh,
            .w = net.inh.w,
        }, clock);
    }

    record(net.recorders.table, net.recorders.length, Phase::inputs, now);

    // New spike lists.
    begin_spikes(net.cells);

    // Neurons.
    // cells
    if (*net.cells.enabled) {
        update_coba_101ea859::run({
            .size = net.cells.size,
            .El = net.cells.El,
            .Vr = net.cells.Vr,
            .Vt = net.cells.Vt,
            .Erev_exc = net.cells.Erev_exc,
            .Erev_inh = net.cells.Erev_inh,
            .tau = net.cells.tau,
            .tau_exc = net.cells.tau_exc,
            .tau_inh = net.cells.tau_inh,
            .I = net.cells.I,
            .v = net.cells.v,
            .g_exc = net.cells.g_exc,
            .g_inh = net.cells.g_inh,
            .refractory_left = net.cells.refractory_left,
            .last_spike = net.cells.last_spike,
            .spike_flags = net.cells.spike_flags,
            .spike_list = new_spikes_of(net.cells),
            .refractory_steps = net.cells.refractory_steps,
        }, clock);
    }

    // Firing rates.
    update_rates(net.cells, *net.clock.dt);

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
