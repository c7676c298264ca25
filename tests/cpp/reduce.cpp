// Global operations over populations of every size up to 70, and the loop over independent elements.
#include <limits>
#include <random>
#include <vector>

#include "check.hpp"
#include "synloom/reduce.hpp"

using namespace synloom;

namespace {

std::mt19937 engine(3);

template <class Real>
void reductions() {
    const double relative = sizeof(Real) == 8 ? 1e-13 : 1e-5;
    for (Index n = 0; n <= 70; ++n) {
        std::vector<Real> v(static_cast<std::size_t>(n));
        double sum = 0, absolute = 0, squares = 0, low = 0, high = 0;
        for (std::size_t k = 0; k < v.size(); ++k) {
            v[k] = Real(double(engine() % 2001) / 100 - 10);
            sum += double(v[k]), absolute += std::fabs(double(v[k])), squares += double(v[k]) * double(v[k]);
            low = k == 0 ? double(v[k]) : std::fmin(low, double(v[k]));
            high = k == 0 ? double(v[k]) : std::fmax(high, double(v[k]));
        }
        CHECK(min_of(n, v.data()) == Real(low));
        CHECK(max_of(n, v.data()) == Real(high));
        const double mean = n == 0 ? 0 : sum / double(n);
        CHECK(std::fabs(double(mean_of(n, v.data())) - mean) <= relative * 10);
        CHECK_NEAR(norm1_of(n, v.data()), absolute, relative);
        CHECK_NEAR(norm2_of(n, v.data()), std::sqrt(squares), relative);
    }
    const Real worked[] = {-3, 2, 4};  // norm1 = 9, norm2 = sqrt(29)
    CHECK(min_of(3, worked) == -3 && max_of(3, worked) == 4 && mean_of(3, worked) == 1);
    CHECK(norm1_of(3, worked) == 9);
    CHECK_NEAR(norm2_of(3, worked), 5.385164807134504, 1e-7);

    std::vector<Real> with_nan(21, Real(1));
    for (std::size_t place = 0; place < with_nan.size(); ++place) {
        with_nan[place] = std::numeric_limits<Real>::quiet_NaN();
        CHECK(std::isnan(min_of(21, with_nan.data())) && std::isnan(max_of(21, with_nan.data())));
        CHECK(std::isnan(mean_of(21, with_nan.data())) && std::isnan(norm1_of(21, with_nan.data())));
        CHECK(std::isnan(norm2_of(21, with_nan.data())));
        with_nan[place] = 1;
    }
}

void each_element() {
    for (Index n : {0, 1, 5, 16, 33}) {
        std::vector<int> visits(static_cast<std::size_t>(n) + 1, 0);
        int* const v = visits.data();
        each(n, [=](Index i) { v[i] += int(i) + 1; });
        for (Index i = 0; i < n; ++i) CHECK(v[i] == int(i) + 1);
        CHECK(v[n] == 0);
    }
}

}  // namespace

int main() {
    reductions<double>();
    reductions<float>();
    each_element();
    return check::summary();
}
