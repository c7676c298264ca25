// Dense and CSR walks against straightforward loops: all operations, both directions, both types, sizes from 0 up.
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "check.hpp"
#include "synloom/csr.hpp"
#include "synloom/dense.hpp"
#include "synloom/hollow.hpp"

using namespace synloom;

namespace {

std::mt19937 engine(20240917);

Index random_size(Index top) { return Index(engine() % (unsigned(top) + 1)); }

template <class Real>
std::vector<Real> random_values(Index n) {
    std::uniform_real_distribution<Real> draw(-1, 1);
    std::vector<Real> values(static_cast<std::size_t>(n));
    for (Real& v : values) v = draw(engine);
    return values;
}

template <class Real>
constexpr double tolerance = sizeof(Real) == 8 ? 1e-12 : 2e-5;

struct Synapse {
    Index s, i, j;
};

/// A store of either kind with the list of its synapses, row after row.
struct Net {
    Index rows, columns;
    std::vector<std::int64_t> row_ptr{0};
    std::vector<std::int32_t> column;
    std::vector<std::uint16_t> small;  // the same places
    std::vector<Synapse> synapses;

    Net(Index rows, Index columns, double density) : rows(rows), columns(columns) {
        std::uniform_real_distribution<double> draw(0, 1);
        for (Index i = 0; i < rows; ++i) {
            const double own = engine() % 7 == 0 ? 0.0 : density;  // some rows without synapses
            for (Index j = 0; j < columns; ++j) {
                if (density < 1 && draw(engine) >= own) continue;
                synapses.push_back({Index(column.size()), i, j});
                column.push_back(std::int32_t(j));
                small.push_back(std::uint16_t(j));
            }
            row_ptr.push_back(std::int64_t(column.size()));
        }
    }
    Index size() const { return Index(column.size()); }
    Csr<std::int32_t> csr() const { return {rows, columns, row_ptr.data(), column.data()}; }
    Csr<std::uint16_t> csr16() const { return {rows, columns, row_ptr.data(), small.data()}; }
    Dense dense() const { return {rows, columns}; }

    /// All pairs of ``size`` neurons but those of a neuron with itself.
    static Net hollow(Index size) {
        Net net(0, 0, 1.0);
        net.rows = net.columns = size;
        for (Index i = 0; i < size; ++i) {
            for (Index j = 0; j < size; ++j) {
                if (i == j) continue;
                net.synapses.push_back({net.size(), i, j});
                net.column.push_back(std::int32_t(j));
            }
            net.row_ptr.push_back(net.size());
        }
        return net;
    }
};

template <class Real>
struct Data {
    std::vector<Real> w, x, post, bias;
    explicit Data(const Net& net)
        : w(random_values<Real>(net.size())),
          x(random_values<Real>(net.columns)),
          post(random_values<Real>(net.rows)),
          bias(random_values<Real>(net.rows)) {}
    Real forward_value(const Synapse& y) const { return w[at(y.s)] * x[at(y.j)] + bias[at(y.i)]; }
    Real backward_value(const Synapse& y) const { return w[at(y.s)] * post[at(y.i)]; }
    static std::size_t at(Index k) { return static_cast<std::size_t>(k); }
};

template <class Real>
struct Result {
    std::vector<Real> total;
    std::vector<Index> visits, count;
    std::vector<Real> back;

    explicit Result(const Net& net)
        : total(static_cast<std::size_t>(net.rows), Real(77)),
          visits(static_cast<std::size_t>(net.rows), 0),
          count(static_cast<std::size_t>(net.rows), -1),
          back(static_cast<std::size_t>(net.columns)) {}
};

/// Sums in double, whatever the type: the reference has no rounding to speak of.
template <class Op>
double reference(const std::vector<double>& values) {
    if (values.empty()) return 0;
    double total = Op::template identity<double>();
    for (double v : values) total = Op::combine(total, v);
    return total;
}

template <class Op, class Real>
auto forward_reader(const Data<Real>& d, Result<Real>& r) {
    const Real *w = d.w.data(), *x = d.x.data(), *bias = d.bias.data();
    return forward<Op>(
        [=](Index i) {
            const Real b = bias[i];
            return [=](Index s, Index j) { return w[s] * x[j] + b; };
        },
        [&r](Index i, Real total, Index count) {
            const auto k = static_cast<std::size_t>(i);
            r.total[k] = total;
            r.count[k] = count;
            ++r.visits[k];
        });
}

template <class Op, class Real>
auto backward_reader(const Data<Real>& d, std::vector<Real>& into) {
    for (Real& v : into) v = Op::template identity<Real>();
    const Real *w = d.w.data(), *post = d.post.data();
    Real* back = into.data();
    return backward<Op>([=](Index j) -> Real& { return back[j]; },
                        [=](Index i) {
                            const Real p = post[i];
                            return [=](Index s, Index) { return w[s] * p; };
                        });
}

template <class Op, class Real>
void check_forward(const Net& net, const Data<Real>& d, const Result<Real>& r) {
    std::vector<std::vector<double>> rows(static_cast<std::size_t>(net.rows));
    for (const Synapse& y : net.synapses)
        rows[static_cast<std::size_t>(y.i)].push_back(double(d.forward_value(y)));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(r.visits[i] == 1);
        CHECK(r.count[i] == Index(rows[i].size()));
        CHECK(std::fabs(double(r.total[i]) - reference<Op>(rows[i])) <= tolerance<Real> * (1 + double(rows[i].size())));
    }
}

template <class Op, class Real>
void check_backward(const Net& net, const Data<Real>& d, const std::vector<Real>& got) {
    std::vector<Real> wanted(got.size(), Op::template identity<Real>());
    for (const Synapse& y : net.synapses) {  // ascending rows
        Real& total = wanted[static_cast<std::size_t>(y.j)];
        total = Op::combine(total, d.backward_value(y));
    }
    for (std::size_t j = 0; j < wanted.size(); ++j) {
        if (std::isinf(wanted[j])) CHECK(got[j] == wanted[j]);
        else CHECK(std::fabs(double(got[j]) - double(wanted[j])) <= tolerance<Real> * 80);
    }
}

/// What each reader computes when it has a sweep of its own.
template <class Real>
struct Alone {
    Data<Real> data;
    Result<Real> sum, max, min;
    std::vector<Real> back_sum, back_max, back_min;

    template <class Store>
    Alone(const Net& net, const Store& store)
        : data(net),
          sum(net),
          max(net),
          min(net),
          back_sum(sum.back),
          back_max(sum.back.size(), Max::identity<Real>()),
          back_min(sum.back.size(), Min::identity<Real>()) {
        store.sweep(forward_reader<Sum>(data, sum));
        store.sweep(forward_reader<Max>(data, max));
        store.sweep(forward_reader<Min>(data, min));
        store.sweep(backward_reader<Sum>(data, back_sum));
        check_forward<Sum>(net, data, sum);
        check_forward<Max>(net, data, max);
        check_forward<Min>(net, data, min);
        check_backward<Sum>(net, data, back_sum);
        for (const Synapse& y : net.synapses) {
            const auto j = static_cast<std::size_t>(y.j);
            back_max[j] = std::fmax(back_max[j], data.backward_value(y));
            back_min[j] = std::fmin(back_min[j], data.backward_value(y));
        }
    }
};

/// The order of two sums is the same, and so are their bits. With fused multiply-add the compiler chooses in each
/// kernel which products it fuses, and only the last digits may differ.
template <class Real>
void check_same(const std::vector<Real>& got, const std::vector<Real>& wanted) {
    for (std::size_t k = 0; k < wanted.size(); ++k) {
#ifdef __FMA__
        CHECK(got[k] == wanted[k] || std::fabs(got[k] - wanted[k]) <= tolerance<Real> * 80);
#else
        CHECK(check::same_bits(got[k], wanted[k]));
#endif
    }
}

/// A sweep of two readers gives each what it has alone.
template <class Op, class BackOp, class Real, class Store>
void shared(const Net& net, const Store& store, const Data<Real>& data, const Result<Real>& alone,
            const std::vector<Real>& back) {
    Result<Real> both(net);
    store.sweep(forward_reader<Op>(data, both), backward_reader<BackOp>(data, both.back));
    check_same(both.total, alone.total);
    check_same(both.back, back);
    CHECK(both.count == alone.count && both.visits == alone.visits);
}

/// Readers in any order, more than one of them backward.
template <class Real, class Store>
void three_readers(const Net& net, const Store& store, const Alone<Real>& alone) {
    Result<Real> three(net);
    std::vector<Real> second(three.back);
    store.sweep(backward_reader<Sum>(alone.data, three.back), forward_reader<Sum>(alone.data, three),
                backward_reader<Max>(alone.data, second));
    check_same(three.total, alone.sum.total);
    check_same(three.back, alone.back_sum);
    check_same(second, alone.back_max);
}

template <class Real, class Store>
void updates(const Net& net, const Store& store) {
    const Data<Real> d(net);
    std::vector<Real> w = d.w;
    std::vector<int> visits(w.size(), 0);
    Real* const weight = w.data();
    int* const visit = visits.data();
    const Real *x = d.x.data(), *post = d.post.data();
    store.update([=](Index i) {
        const Real p = post[i];
        return [=](Index s, Index j) {
            weight[s] += p * x[j];
            ++visit[s];
        };
    });
    for (const Synapse& y : net.synapses) {
        const auto s = static_cast<std::size_t>(y.s);
        CHECK(visits[s] == 1);
        CHECK_NEAR(w[s], d.w[s] + d.post[static_cast<std::size_t>(y.i)] * d.x[static_cast<std::size_t>(y.j)],
                   tolerance<Real>);
    }
}

template <class Real, class Store>
void all_of(const Net& net, const Store& store) {
    const Alone<Real> own(net, store);
    shared<Sum, Sum>(net, store, own.data, own.sum, own.back_sum);
    shared<Max, Min>(net, store, own.data, own.max, own.back_min);
    shared<Min, Max>(net, store, own.data, own.min, own.back_max);
    if constexpr (sizeof(Real) == sizeof(double)) {
        shared<Sum, Max>(net, store, own.data, own.sum, own.back_max);
        shared<Sum, Min>(net, store, own.data, own.sum, own.back_min);
        shared<Max, Sum>(net, store, own.data, own.max, own.back_sum);
        shared<Max, Max>(net, store, own.data, own.max, own.back_max);
        shared<Min, Sum>(net, store, own.data, own.min, own.back_sum);
        shared<Min, Min>(net, store, own.data, own.min, own.back_min);
    }
    three_readers(net, store, own);
    updates<Real>(net, store);
}

/// What belongs to a column side by side, as generated code lays it out for CSR; ``Rest`` makes records of other sizes.
template <class Real, class Rest>
struct Record {
    Real pre, back;
    Rest rest;
};

template <class Real>
struct Record<Real, void> {
    Real pre, back;
};

/// A record of a column changes nothing: sums are those of readers that go by index, bit for bit.
template <class Real, class Rest>
void records() {
    using Column = Record<Real, Rest>;
    const Net net(41, 37, 0.3);
    const Data<Real> d(net);
    std::vector<Column> columns(static_cast<std::size_t>(net.columns));
    for (std::size_t j = 0; j < columns.size(); ++j) columns[j].pre = d.x[j], columns[j].back = 0;
    const Real *w = d.w.data(), *post = d.post.data(), *bias = d.bias.data();
    Result<Real> r(net), alone(net), by_index(net);
    const auto row = [=](Index i) {
        const Real b = bias[i];
        return [=](Index s, Index, const Column& at) { return w[s] * at.pre + b; };
    };
    const auto leave = [](Result<Real>& result) {
        return [&](Index i, Real total, Index count) {
            result.total[static_cast<std::size_t>(i)] = total;
            result.count[static_cast<std::size_t>(i)] = count;
            ++result.visits[static_cast<std::size_t>(i)];
        };
    };
    const auto ask = [=](Index s) { fetch(w, s); };
    net.csr().sweep_records(columns.data(), ask, forward<Sum>(row, leave(r)),
                            backward<Sum>([](Column& at) -> Real& { return at.back; },
                                          [=](Index i) {
                                              const Real p = post[i];
                                              return [=](Index s, Index, const Column&) { return w[s] * p; };
                                          }));
    check_forward<Sum>(net, d, r);
    std::vector<Real> back;
    for (const Column& c : columns) back.push_back(c.back);
    check_backward<Sum>(net, d, back);
    for (std::size_t j = 0; j < columns.size(); ++j) CHECK(columns[j].pre == d.x[j]);

    net.csr().sweep_records(columns.data(), ask, forward<Sum>(row, leave(alone)));
    net.csr16().sweep(forward_reader<Sum>(d, by_index), backward_reader<Sum>(d, by_index.back));
    CHECK(r.total == alone.total);
    CHECK(r.total == by_index.total);
    CHECK(back == by_index.back);
}

/// Products that a walk knows by their type give the same bits as lambdas that compute them.
template <class Real>
void known_products(const Net& net) {
    struct Column {
        Real x, total;
    };
    const Data<Real> d(net);
    const Real *w = d.w.data(), *post = d.post.data();
    const auto sweep = [&](const auto& store, auto over_row, auto over_column) {
        std::vector<Column> columns(static_cast<std::size_t>(net.columns));
        for (std::size_t j = 0; j < columns.size(); ++j) columns[j] = {d.x[j], Real(0.25)};
        std::vector<Real> totals(static_cast<std::size_t>(net.rows));
        store.sweep_records(
            columns.data(), [](Index) {},
            forward<Sum>(over_row, [&](Index i, Real t, Index) { totals[static_cast<std::size_t>(i)] = t; }),
            backward<Sum>([](Column& at) -> Real& { return at.total; }, over_column));
        for (std::size_t j = 0; j < columns.size(); ++j) {
            CHECK(columns[j].x == d.x[j]);
            totals.push_back(columns[j].total);
        }
        return totals;
    };
    const auto lambdas = sweep(
        net.csr(), [=](Index) { return [=](Index s, Index, const Column& at) { return w[s] * at.x; }; },
        [=](Index i) { return [=, p = post[i]](Index s, Index, const Column&) { return w[s] * p; }; });
    const auto row = [=](Index) { return weighted(w, &Column::x); };
    const auto column = [=](Index i) { return weighted(w, post[i]); };
    CHECK(sweep(net.csr(), row, column) == lambdas);
    CHECK(sweep(net.csr16(), row, column) == lambdas);
}

/// A value that is not a number, or infinite, reaches its own sums and no others: not even the value beside a total.
void known_products_of_special_values() {
    struct Column {
        double x, total;
    };
    const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
    const Net net(3, 24, 1.0);
    std::vector<double> w(static_cast<std::size_t>(net.size()), 1.0);
    w[3] = inf, w[24 + 5] = nan;
    std::vector<Column> columns(24, Column{0.5, 0.0});
    std::vector<double> totals(3);
    net.csr16().sweep_records(
        columns.data(), [](Index) {},
        forward<Sum>([&](Index) { return weighted(w.data(), &Column::x); },
                     [&](Index i, double t, Index) { totals[static_cast<std::size_t>(i)] = t; }),
        backward<Sum>([](Column& at) -> double& { return at.total; },
                      [&](Index i) { return weighted(w.data(), i == 2 ? inf : 1.0); }));
    CHECK(totals[0] == inf && std::isnan(totals[1]) && totals[2] == 12.0);
    for (std::size_t j = 0; j < columns.size(); ++j) {
        CHECK(columns[j].x == 0.5);
        CHECK(j == 5 ? std::isnan(columns[j].total) : columns[j].total == inf);
    }
}

/// Two totals in one record, and values that are read by index beside it.
template <class Real>
void two_totals_in_a_record() {
    struct Column {
        Real x, sum, top, y;
    };
    const Net net(23, 31, 0.4);
    const Data<Real> d(net);
    std::vector<Column> columns(static_cast<std::size_t>(net.columns));
    for (std::size_t j = 0; j < columns.size(); ++j) columns[j] = {d.x[j], 0, Max::identity<Real>(), -d.x[j]};
    const Real *w = d.w.data(), *post = d.post.data(), *x = d.x.data();
    std::vector<Real> total(static_cast<std::size_t>(net.rows));
    const auto row = [=](Index i) {
        const Real p = post[i];
        return [=](Index s, Index, const Column&) { return w[s] * p; };
    };
    net.csr().sweep_records(
        columns.data(), [](Index) {}, backward<Sum>([](Column& at) -> Real& { return at.sum; }, row),
        forward<Sum>([=](Index) { return [=](Index, Index j, const Column& at) { return x[j] + at.y + at.x; }; },
                     [&](Index i, Real t, Index) { total[static_cast<std::size_t>(i)] = t; }),
        backward<Max>([](Column& at) -> Real& { return at.top; }, row));
    std::vector<Real> sum, top;
    std::vector<double> wanted(total.size());
    for (const Column& c : columns) sum.push_back(c.sum), top.push_back(c.top);
    for (const Synapse& y : net.synapses) wanted[static_cast<std::size_t>(y.i)] += double(x[y.j]);
    check_backward<Sum>(net, d, sum);
    check_backward<Max>(net, d, top);
    for (std::size_t i = 0; i < total.size(); ++i)
        CHECK(std::fabs(double(total[i]) - wanted[i]) <= tolerance<Real> * 32);
}

/// NaN and infinity keep their meaning wherever in a row they stand.
template <class Real, class Store>
void special_values(const Net& net, const Store& store) {
    const Real nan = std::numeric_limits<Real>::quiet_NaN(), inf = std::numeric_limits<Real>::infinity();
    const Index n = net.size() / net.rows;  // synapses of a row
    for (Index place = 0; place < n; ++place) {
        std::vector<Real> w(static_cast<std::size_t>(net.size()), Real(1));
        for (int kind = 0; kind < 3; ++kind) {
            const Real special = kind == 0 ? nan : kind == 1 ? inf : -inf;
            w[static_cast<std::size_t>(n + place)] = special;  // row 1
            const Real* v = w.data();
            Real total[3][24];
            const auto row = [=](Index) { return [=](Index s, Index) { return v[s]; }; };
            store.sweep(forward<Sum>(row, [&](Index i, Real t, Index) { total[0][i] = t; }));
            store.sweep(forward<Max>(row, [&](Index i, Real t, Index) { total[1][i] = t; }));
            store.sweep(forward<Min>(row, [&](Index i, Real t, Index) { total[2][i] = t; }));
            for (Index i = 0; i < net.rows; ++i) {
                if (i != 1) {
                    CHECK(total[0][i] == Real(n) && total[1][i] == 1 && total[2][i] == 1);
                } else if (kind == 0) {
                    CHECK(std::isnan(total[0][i]) && std::isnan(total[1][i]) && std::isnan(total[2][i]));
                } else {
                    CHECK(total[0][i] == special);
                    CHECK(total[1][i] == (kind == 1 ? inf : Real(1)));
                    CHECK(total[2][i] == (kind == 1 ? Real(1) : -inf));
                }
            }
            w[static_cast<std::size_t>(n + place)] = 1;
        }
    }
}

/// A row's total is a matter of its synapses alone: not of its place in the store, nor of how memory is aligned.
template <class Real>
void order_is_fixed() {
    constexpr Index rows = 9, columns = 53;
    const std::vector<Real> w = random_values<Real>(columns), x = random_values<Real>(columns);
    std::vector<Real> first;
    for (std::size_t shift = 0; shift < 9; ++shift) {
        std::vector<Real> many(shift + rows * columns), near(shift + columns), back(shift + columns, Real(0));
        for (std::size_t k = 0; k < rows * columns; ++k) many[shift + k] = w[k % columns];
        for (std::size_t k = 0; k < columns; ++k) near[shift + k] = x[k];
        const Real *v = many.data() + shift, *pre = near.data() + shift;
        Real* into = back.data() + shift;
        std::vector<Real> totals(rows);
        Dense{rows, columns}.sweep(forward<Sum>([=](Index) { return [=](Index s, Index j) { return v[s] * pre[j]; }; },
                                                [&](Index i, Real t, Index) { totals[static_cast<std::size_t>(i)] = t; }),
                                   backward<Sum>([=](Index j) -> Real& { return into[j]; },
                                                 [=](Index) { return [=](Index s, Index) { return v[s]; }; }));
        if (shift == 0) first = totals;
        for (Real t : totals) CHECK(check::same_bits(t, first[0]));
    }
}

/// The walk from a reader's count: a mean is a sum divided by it.
void mean_of_rows() {
    const std::vector<double> w{1, 2, 3, 4, 5};
    const std::int64_t row_ptr[] = {0, 2, 2, 5};
    const std::int32_t column[] = {0, 2, 0, 1, 2};
    std::vector<double> mean;
    Csr{3, 3, row_ptr, column}.sweep(forward<Sum>([&](Index) { return [&](Index s, Index) { return w.data()[s]; }; },
                                                  [&](Index, double total, Index count) {
                                                      mean.push_back(count == 0 ? total : total / double(count));
                                                  }));
    CHECK(mean.size() == 3);
    CHECK(mean[0] == 1.5 && mean[1] == 0 && mean[2] == 4);
}

}  // namespace

int main() {
    const Index fixed[][2] = {{0, 0}, {0, 5}, {5, 0}, {1, 1}, {4, 8}, {5, 7}, {3, 9}, {8, 16}, {7, 17}, {70, 70}};
    for (const auto& size : fixed) {
        const Net full(size[0], size[1], 1.0), some(size[0], size[1], 0.4);
        all_of<double>(full, full.dense());
        all_of<float>(full, full.dense());
        all_of<double>(some, some.csr());
        all_of<float>(some, some.csr());
        all_of<double>(some, some.csr16());
        all_of<float>(some, some.csr16());
    }
    for (int round = 0; round < 12; ++round) {
        const Index rows = random_size(70), columns = random_size(70);
        const Net full(rows, columns, 1.0), some(rows, columns, round % 2 ? 0.1 : 0.7);
        all_of<double>(full, full.dense());
        all_of<float>(full, full.dense());
        all_of<double>(some, some.csr());
        all_of<float>(some, some.csr());
        all_of<double>(full, full.csr());
        all_of<float>(some, some.csr16());
        all_of<double>(full, full.csr16());
    }
    for (const Index size : {2, 3, 4, 5, 8, 9, 13, 36, 71}) {
        const Net net = Net::hollow(size);
        all_of<double>(net, Hollow{size});
        all_of<float>(net, Hollow{size});
    }
    records<double, void>();
    records<float, void>();
    records<double, double>();
    records<float, float>();
    records<float, double>();
    for (const Index columns : {1, 7, 8, 9, 40, 200}) {
        known_products<double>(Net(11, columns, 0.6));
        known_products<float>(Net(11, columns, 0.6));
    }
    known_products_of_special_values();
    two_totals_in_a_record<double>();
    two_totals_in_a_record<float>();
    const Net small(6, 19, 1.0);
    special_values<double>(small, small.dense());
    special_values<float>(small, small.dense());
    special_values<double>(small, small.csr());
    special_values<float>(small, small.csr());
    special_values<double>(small, small.csr16());
    special_values<double>(Net::hollow(19), Hollow{19});
    order_is_fixed<double>();
    order_is_fixed<float>();
    mean_of_rows();
    return check::summary();
}
