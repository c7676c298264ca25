// The ring of a delay line against a list of everything that was pushed.
#include <vector>

#include "check.hpp"
#include "synloom/delays.hpp"

using namespace synloom;

namespace {

template <class Real>
void ring(Index neurons, Index length) {
    const auto size = static_cast<std::size_t>(neurons);
    std::vector<Real> data(size * static_cast<std::size_t>(length), Real(-1));
    std::vector<Real> initial(size);
    for (std::size_t k = 0; k < size; ++k) initial[k] = Real(100 + k);
    std::int64_t head = length - 1;
    for (std::size_t k = 0; k < data.size(); ++k) data[k] = initial[k % size];

    std::vector<std::vector<Real>> pushed(static_cast<std::size_t>(length), initial);  // oldest first
    for (int step = 0; step < 3 * int(length) + 2; ++step) {
        const DelayLine<Real> line{data.data(), neurons, length, head};
        for (Index age = 0; age < length; ++age) {
            const std::vector<Real>& wanted = pushed[pushed.size() - 1 - static_cast<std::size_t>(age)];
            for (Index k = 0; k < neurons; ++k) {
                CHECK(line.at(age)[k] == wanted[static_cast<std::size_t>(k)]);
                CHECK(line(age, k) == wanted[static_cast<std::size_t>(k)]);
            }
        }
        std::vector<Real> next(size);
        for (std::size_t k = 0; k < size; ++k) next[k] = Real(step * 1000 + int(k));
        push(data.data(), neurons, length, head, next.data());
        CHECK(head >= 0 && head < length);
        pushed.push_back(next);
    }
}

}  // namespace

int main() {
    for (Index length : {1, 2, 3, 7})
        for (Index neurons : {0, 1, 5, 19}) {
            ring<double>(neurons, length);
            ring<float>(neurons, length);
        }
    return check::summary();
}
