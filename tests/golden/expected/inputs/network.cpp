// One step of the network, phase by phase.
#include "synloom/entry.hpp"
#include "synloom/inputs.hpp"
#include "synloom/record.hpp"
#include "synloom/spikes.hpp"
#include "synloom/step.hpp"

#include "events_dense_synapses_47af6758.hpp"
#include "sweep_csr16_011ea5e3.hpp"
#include "update_homogeneouscorrelatedspiketrains_d5e7c616.hpp"
#include "update_neurons_bd2a8441.hpp"
#include "update_poissonpopulation_e76c8d7f.hpp"

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
        std::int64_t* input_clock;
        std::int64_t* input_schedule;
        Index input_count;
        Index input_period;
        Index input_width;
        double* r;
        double* input_r;
    } stimulus;
    struct {
        Index size;
        bool* enabled;
        std::int64_t* input_clock;
        std::int64_t* input_schedule;
        Index input_count;
        Index input_period;
        Index input_width;
        double* mu;
        double* input_mu;
        double* sigma;
        double* input_sigma;
        double* tau;
        double* x;
        double* p;
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
    } trains;
    struct {
        Index size;
        bool* enabled;
        std::int64_t* input_clock;
        std::int64_t* input_schedule;
        Index input_count;
        std::int32_t* input_ranks;
        std::int64_t* last_spike;
        std::int32_t* spike_ranks;
        std::int32_t* spike_counts;
        std::int64_t* spike_head;
        Index spike_rows;
        double* r;
        std::int64_t* rate_window;
        std::int32_t* rate_counts;
    } given;
    struct {
        std::int64_t* state;
    } random;
    struct {
        Index trains;
        Index noise;
    } streams;
    struct {
        Index size;
        bool* enabled;
        double* rates;
        double* p;
        double* sum_exc;
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
    } noise;
    struct {
        Index size;
        bool* enabled;
        double* r;
        double* sum_exc;
    } reader;
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
    } drive;
    struct {
        double* arrived;
        bool* transmission;
        std::int32_t* delay;
        Index rows;
        Index columns;
        std::int32_t* row_of;
        Index first_column;
        double* w;
        Index window;
        double* scale;
        std::int64_t* place;
        double* history;
        double* newer;
    } decoded;
    struct {
        double* arrived;
        bool* transmission;
        std::int32_t* delay;
        Index rows;
        Index columns;
        std::int32_t* row_of;
        Index first_column;
        double* w;
        Index window;
        double* scale;
        std::int64_t* place;
        double* history;
        double* newer;
    } at_once;
};
static_assert(sizeof(Network) == 112 * sizeof(std::int64_t));

static void step(Network& net) {
    const std::int64_t now = *net.clock.step;
    const auto clock = clock_at<double>(now, *net.clock.dt);

    // Clear the weighted sums.
    if (*net.noise.enabled) clear(net.noise.size, net.noise.sum_exc);
    if (*net.reader.enabled) clear(net.reader.size, net.reader.sum_exc);

    // Transmission.
    // drive
    sweep_csr16_011ea5e3::run({
        .rows = net.drive.rows,
        .columns = net.drive.columns,
        .row_ptr = net.drive.row_ptr,
        .column = net.drive.column_,
        .row_ranks = net.drive.row_ranks,
        .column_ranks = net.drive.column_ranks,
        .scratch = net.drive.scratch,
        .on_forward = *net.drive.transmission && *net.noise.enabled,
        .forward_sum = net.noise.sum_exc,
        .w = net.drive.w,
        .column_r = net.stimulus.r,
    }, clock);
    // decoded: spikes of 'given'
    if (*net.decoded.transmission && *net.reader.enabled) {
        events_dense_synapses_47af6758::run({
            .rows = net.decoded.rows,
            .columns = net.decoded.columns,
            .row_of = net.decoded.row_of,
            .first_column = net.decoded.first_column,
            .spike_ring = spikes_of(net.given),
            .delay = net.decoded.delay,
            .g_target = net.decoded.arrived,
            .w = net.decoded.w,
        }, clock);
    }
    // at_once: spikes of 'trains'
    if (*net.at_once.transmission && *net.reader.enabled) {
        events_dense_synapses_47af6758::run({
            .rows = net.at_once.rows,
            .columns = net.at_once.columns,
            .row_of = net.at_once.row_of,
            .first_column = net.at_once.first_column,
            .spike_ring = spikes_of(net.trains),
            .delay = net.at_once.delay,
            .g_target = net.at_once.arrived,
            .w = net.at_once.w,
        }, clock);
    }

    // Rates decoded from spikes.
    decode(
        net.reader.size, net.decoded.window, net.decoded.place,
        net.decoded.arrived, net.decoded.history, net.decoded.newer, net.decoded.scale,
        *net.decoded.transmission && *net.reader.enabled, net.reader.sum_exc);
    decode(
        net.reader.size, net.at_once.window, net.at_once.place,
        net.at_once.arrived, net.at_once.history, net.at_once.newer, net.at_once.scale,
        *net.at_once.transmission && *net.reader.enabled, net.reader.sum_exc);

    record(net.recorders.table, net.recorders.length, Phase::inputs, now);

    // New spike lists.
    begin_spikes(net.trains);
    begin_spikes(net.given);
    begin_spikes(net.noise);

    // Inputs.
    if (*net.stimulus.enabled) {
        const Index block = next_block(
            net.stimulus.input_schedule, net.stimulus.input_count, net.stimulus.input_period, net.stimulus.input_clock);
        show(block, net.stimulus.input_width, net.stimulus.input_r, net.stimulus.size, net.stimulus.r);
    }
    if (*net.trains.enabled) {
        const Index block = next_block(
            net.trains.input_schedule, net.trains.input_count, net.trains.input_period, net.trains.input_clock);
        show(block, net.trains.input_width, net.trains.input_mu, 1, net.trains.mu);
        show(block, net.trains.input_width, net.trains.input_sigma, 1, net.trains.sigma);
    }
    if (*net.given.enabled) net.given.spike_counts[*net.given.spike_head] = emit_due(
        net.given.input_schedule, net.given.input_count, net.given.input_ranks, net.given.input_clock,
        net.given.spike_ranks + *net.given.spike_head * net.given.size, net.given.last_spike, now);

    // Neurons.
    // trains
    if (*net.trains.enabled) {
        update_homogeneouscorrelatedspiketrains_d5e7c616::run({
            .size = net.trains.size,
            .draw_state = net.random.state,
            .draw_object = net.streams.trains,
            .tau = net.trains.tau,
            .mu = net.trains.mu,
            .sigma = net.trains.sigma,
            .x = net.trains.x,
            .p = net.trains.p,
            .refractory_left = net.trains.refractory_left,
            .last_spike = net.trains.last_spike,
            .spike_flags = net.trains.spike_flags,
            .spike_list = new_spikes_of(net.trains),
            .refractory_steps = net.trains.refractory_steps,
        }, clock);
    }
    // noise
    if (*net.noise.enabled) {
        update_poissonpopulation_e76c8d7f::run({
            .size = net.noise.size,
            .draw_state = net.random.state,
            .draw_object = net.streams.noise,
            .rates = net.noise.rates,
            .p = net.noise.p,
            .sum_exc = net.noise.sum_exc,
            .refractory_left = net.noise.refractory_left,
            .last_spike = net.noise.last_spike,
            .spike_flags = net.noise.spike_flags,
            .spike_list = new_spikes_of(net.noise),
            .refractory_steps = net.noise.refractory_steps,
        }, clock);
    }
    // reader
    if (*net.reader.enabled) {
        update_neurons_bd2a8441::run({
            .size = net.reader.size,
            .r = net.reader.r,
            .sum_exc = net.reader.sum_exc,
        }, clock);
    }

    // Firing rates.
    update_rates(net.trains, *net.clock.dt);
    update_rates(net.given, *net.clock.dt);
    update_rates(net.noise, *net.clock.dt);

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
