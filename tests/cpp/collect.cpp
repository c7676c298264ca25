// Flags become lists of ranks, lists follow lines of whatever length and gaps.
#include <memory>
#include <vector>

#include "check.hpp"
#include "synloom/events.hpp"

using namespace synloom;

namespace {

using Ranks = std::vector<std::int32_t>;

/// The same pseudo-random numbers everywhere.
std::uint32_t next(std::uint32_t& state) {
    state = state * 1664525u + 1013904223u;
    return state >> 16;
}

void collects(Index n, std::uint32_t one_of) {
    std::uint32_t state = std::uint32_t(n) * 97 + one_of;
    const std::unique_ptr<bool[]> flags(new bool[std::size_t(n)]);
    Ranks wanted;
    for (Index i = 0; i < n; ++i) {
        flags[std::size_t(i)] = next(state) % one_of == 0;
        if (flags[std::size_t(i)]) wanted.push_back(std::int32_t(i));
    }
    Ranks into(std::size_t(n), -1), fired;
    std::int32_t count = -1;
    collect(n, flags.get(), {into.data(), &count}, [&](Index i) { fired.push_back(std::int32_t(i)); });
    into.resize(std::size_t(count));
    CHECK(into == wanted);
    CHECK(fired == wanted);
}

/// What a walk over rows does: which synapse leads where, in which order.
template <class Way>
void follows_rows(const std::vector<Ranks>& rows) {
    std::vector<std::int64_t> row_ptr{0};
    Ranks column, list, row_of;
    for (const Ranks& row : rows) {
        column.insert(column.end(), row.begin(), row.end());
        row_ptr.push_back(std::int64_t(column.size()));
        list.push_back(std::int32_t(list.size()));
        row_of.push_back(std::int32_t(row_of.size()));
    }
    const std::vector<double> weights(column.size(), 1.0);
    std::vector<std::int64_t> visited(column.size(), -1);
    std::int64_t* seen = visited.data();
    CsrRows{row_ptr.data(), column.data()}.along<Way>(
        {list.data(), Index(list.size())}, row_of.data(),
        [=](Index i) { return [=](Index s, Index j) { seen[s] = i * 1000 + j; }; }, weights.data());
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t k = 0; k < rows[i].size(); ++k)
            CHECK(visited[std::size_t(row_ptr[i]) + k] == std::int64_t(i) * 1000 + rows[i][k]);
}

/// One row after another changes the same value: the order shows.
void keeps_order(const Ranks& row) {
    const std::int64_t row_ptr[] = {0, std::int64_t(row.size())};
    const std::int32_t zero = 0;
    double got = 1.0, wanted = 1.0;
    double* shared = &got;
    CsrRows{row_ptr, row.data()}.along<OneByOne>({&zero, 1}, &zero, [=](Index) {
        return [=](Index s, Index j) { *shared = *shared * 0.75 + double(j) - 0.5 * double(s); };
    });
    for (std::size_t k = 0; k < row.size(); ++k) wanted = wanted * 0.75 + double(row[k]) - 0.5 * double(k);
    CHECK(check::same_bits(got, wanted));
}

std::vector<Ranks> rows() {
    std::vector<Ranks> made{{}, {7}, {3, 4}, {3, 5}, {3, 9}, {0, 2, 4, 6}};
    for (std::int32_t count : {3, 8, 17, 40})
        for (std::int32_t gap = -1; gap <= count; ++gap) {
            Ranks row;
            for (std::int32_t j = 0; j < count; ++j)
                if (j != gap) row.push_back(5 + j);
            made.push_back(row);
            row.push_back(5 + count + 3);  // a second gap
            made.push_back(row);
        }
    return made;
}

void follows_columns(Index rows, Index columns) {
    const Ranks list{0, std::int32_t(columns / 2), std::int32_t(columns - 1)};
    Ranks column_of(std::size_t(columns), -1);
    for (std::int32_t j : list) column_of[std::size_t(j)] = j;
    std::vector<double> weights(std::size_t(rows * columns), 0.0);
    double* w = weights.data();
    DenseColumns{rows, columns}.along<Together>(
        {list.data(), Index(list.size())}, column_of.data(),
        [=](Index j) { return [=](Index s, Index i) { w[s] += double(i * 1000 + j); }; }, weights.data());
    for (Index i = 0; i < rows; ++i)
        for (Index j = 0; j < columns; ++j) {
            const bool hit = j == list[0] || j == list[1] || j == list[2];
            CHECK(weights[std::size_t(i * columns + j)] == (hit ? double(i * 1000 + j) : 0.0));
        }
}

}  // namespace

int main() {
    for (Index n : {0, 1, 7, 8, 63, 64, 65, 127, 128, 200, 641})
        for (std::uint32_t one_of : {1u, 2u, 9u, 70u, 100000u}) collects(n, one_of);
    follows_rows<OneByOne>(rows());
    follows_rows<Together>(rows());
    for (const Ranks& row : rows()) keeps_order(row);
    follows_columns(5, 11);
    follows_columns(800, 700);  // far: fetched early
    return check::summary();
}
