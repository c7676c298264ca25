// Walks over stores against the same loops written by hand.
//
//   g++ -std=c++20 -O3 -march=native -fno-math-errno -fno-trapping-math -fopenmp-simd -fPIC -fvisibility=hidden
//       -I runtime/include benchmarks/micro/walks.cpp -o walks && ./walks [--quick] [part of a name]
//
// CPU time of one thread, median of interleaved repetitions: a b a b ...
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "synloom/csr.hpp"
#include "synloom/dense.hpp"

using namespace synloom;

namespace {

double seconds() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

struct Pair {
    std::string name;
    std::function<void()> hand, walk;
};

double block = 0.02;
int repetitions = 11;
std::string wanted;

void measure(const Pair& pair) {
    if (pair.name.find(wanted) == std::string::npos) return;
    const std::function<void()>* sides[2] = {&pair.hand, &pair.walk};
    std::vector<double> times[2];
    pair.hand();
    pair.walk();
    const double start = seconds();
    pair.hand();
    const int inner = std::max(1, int(block / std::max(1e-7, seconds() - start)));
    for (int r = 0; r < repetitions; ++r)
        for (int side = 0; side < 2; ++side) {
            const double from = seconds();
            for (int k = 0; k < inner; ++k) (*sides[side])();
            times[side].push_back((seconds() - from) / inner * 1e6);
        }
    for (auto& t : times) std::sort(t.begin(), t.end());
    const double hand = times[0][times[0].size() / 2], walk = times[1][times[1].size() / 2];
    std::printf("%-44s %11.2f %11.2f %8.2f\n", pair.name.c_str(), hand, walk, walk / hand);
}

template <class T>
struct Buffer {
    explicit Buffer(Index count)
        : n(std::size_t(count)), data(static_cast<T*>(std::aligned_alloc(64, (n * sizeof(T) + 63) / 64 * 64)), &std::free) {
        for (std::size_t i = 0; i < n; ++i) data.get()[i] = T(0.001 * double(std::rand() % 1000));
    }
    operator T*() const { return data.get(); }
    std::size_t n;
    std::shared_ptr<T> data;
};

#define KERNEL __attribute__((noinline)) void

// Dense ---------------------------------------------------------------------------------------------------------

template <class T>
KERNEL dense_forward_hand(Index m, Index n, const T* w, const T* x, T* y) {
    for (Index i = 0; i < m; i += 4) {
        T s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        const T *a = w + i * n, *b = a + n, *c = b + n, *d = c + n;
#pragma omp simd reduction(+ : s0, s1, s2, s3)
        for (Index j = 0; j < n; ++j) {
            s0 += a[j] * x[j];
            s1 += b[j] * x[j];
            s2 += c[j] * x[j];
            s3 += d[j] * x[j];
        }
        y[i] += s0, y[i + 1] += s1, y[i + 2] += s2, y[i + 3] += s3;
    }
}

template <class T>
KERNEL dense_forward_walk(Index m, Index n, const T* w, const T* x, T* y) {
    Dense{m, n}.sweep(forward<Sum>([=](Index) { return [=](Index s, Index j) { return w[s] * x[j]; }; },
                                   [=](Index i, T total, Index) { y[i] += total; }));
}

template <class T>
KERNEL dense_fused_hand(Index m, Index n, const T* w, const T* x, T* y, const T* post, T* back) {
    for (Index i = 0; i < m; i += 4) {
        T s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        const T *a = w + i * n, *b = a + n, *c = b + n, *d = c + n;
        const T p0 = post[i], p1 = post[i + 1], p2 = post[i + 2], p3 = post[i + 3];
#pragma omp simd reduction(+ : s0, s1, s2, s3)
        for (Index j = 0; j < n; ++j) {
            s0 += a[j] * x[j];
            s1 += b[j] * x[j];
            s2 += c[j] * x[j];
            s3 += d[j] * x[j];
            back[j] += a[j] * p0 + b[j] * p1 + c[j] * p2 + d[j] * p3;
        }
        y[i] += s0, y[i + 1] += s1, y[i + 2] += s2, y[i + 3] += s3;
    }
}

template <class T>
KERNEL dense_fused_walk(Index m, Index n, const T* w, const T* x, T* y, const T* post, T* back) {
    Dense{m, n}.sweep(forward<Sum>([=](Index) { return [=](Index s, Index j) { return w[s] * x[j]; }; },
                                   [=](Index i, T total, Index) { y[i] += total; }),
                      backward<Sum>([=](Index j) -> T& { return back[j]; },
                                    [=](Index i) {
                                        const T p = post[i];
                                        return [=](Index s, Index) { return w[s] * p; };
                                    }));
}

template <class T>
KERNEL dense_back_hand(Index m, Index n, const T* w, const T* post, T* back) {
    for (Index i = 0; i < m; i += 4) {
        const T *a = w + i * n, *b = a + n, *c = b + n, *d = c + n;
        const T p0 = post[i], p1 = post[i + 1], p2 = post[i + 2], p3 = post[i + 3];
#pragma omp simd
        for (Index j = 0; j < n; ++j) back[j] += a[j] * p0 + b[j] * p1 + c[j] * p2 + d[j] * p3;
    }
}

template <class T>
KERNEL dense_back_walk(Index m, Index n, const T* w, const T* post, T* back) {
    Dense{m, n}.sweep(backward<Sum>([=](Index j) -> T& { return back[j]; },
                                    [=](Index i) {
                                        const T p = post[i];
                                        return [=](Index s, Index) { return w[s] * p; };
                                    }));
}

template <class T>
KERNEL dense_max_hand(Index m, Index n, const T* w, const T* x, T* y) {
    for (Index i = 0; i < m; ++i) {
        T top = T(-HUGE_VAL);
        for (Index j = 0; j < n; ++j) top = std::max(top, w[i * n + j] * x[j]);
        y[i] += top;
    }
}

template <class T>
KERNEL dense_max_walk(Index m, Index n, const T* w, const T* x, T* y) {
    Dense{m, n}.sweep(forward<Max>([=](Index) { return [=](Index s, Index j) { return w[s] * x[j]; }; },
                                   [=](Index i, T total, Index) { y[i] += total; }));
}

template <class T>
KERNEL dense_oja_hand(Index m, Index n, T* w, const T* pre, const T* post, T k, T alpha) {
    for (Index i = 0; i < m; ++i) {
        T* row = w + i * n;
        const T p = post[i], q = alpha * p * p;
#pragma omp simd
        for (Index j = 0; j < n; ++j) row[j] += k * (p * pre[j] - q * row[j]);
    }
}

template <class T>
KERNEL dense_oja_walk(Index m, Index n, T* w, const T* pre, const T* post, T k, T alpha) {
    Dense{m, n}.update([=](Index i) {
        const T p = post[i], q = alpha * p * p;
        return [=](Index s, Index j) { w[s] += k * (p * pre[j] - q * w[s]); };
    });
}

template <class T>
void dense(Index m, Index n, const char* type) {
    Buffer<T> w{m * n}, x{n}, y{m}, post{m}, back{n};
    const std::string size = " " + std::to_string(m) + " x " + std::to_string(n) + " " + type;
    measure({"dense forward" + size, [=] { dense_forward_hand<T>(m, n, w, x, y); },
             [=] { dense_forward_walk<T>(m, n, w, x, y); }});
    measure({"dense backward" + size, [=] { dense_back_hand<T>(m, n, w, post, back); },
             [=] { dense_back_walk<T>(m, n, w, post, back); }});
    measure({"dense forward + backward" + size, [=] { dense_fused_hand<T>(m, n, w, x, y, post, back); },
             [=] { dense_fused_walk<T>(m, n, w, x, y, post, back); }});
    measure({"dense forward max" + size, [=] { dense_max_hand<T>(m, n, w, x, y); },
             [=] { dense_max_walk<T>(m, n, w, x, y); }});
    measure({"dense update (Oja)" + size, [=] { dense_oja_hand<T>(m, n, w, x, post, T(1e-6), T(8)); },
             [=] { dense_oja_walk<T>(m, n, w, x, post, T(1e-6), T(8)); }});
}

// CSR -----------------------------------------------------------------------------------------------------------

template <class T>
struct Column {
    T pre, back;
};

template <class T, class Place>
KERNEL csr_forward_hand(const Csr<Place>& g, const T* w, const T* x, T* y) {
    for (Index i = 0; i < g.rows; ++i) {
        T a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, h = 0, k = 0;
        Index s = g.row_ptr[i];
        const Index end = g.row_ptr[i + 1];
        const Place* q = g.column;
        for (; s + 8 <= end; s += 8) {
            a += w[s] * x[q[s]], b += w[s + 1] * x[q[s + 1]];
            c += w[s + 2] * x[q[s + 2]], d += w[s + 3] * x[q[s + 3]];
            e += w[s + 4] * x[q[s + 4]], f += w[s + 5] * x[q[s + 5]];
            h += w[s + 6] * x[q[s + 6]], k += w[s + 7] * x[q[s + 7]];
        }
        for (; s < end; ++s) a += w[s] * x[q[s]];
        y[i] += ((a + b) + (c + d)) + ((e + f) + (h + k));
    }
}

template <class T, class Place>
KERNEL csr_forward_walk(const Csr<Place>& g, const T* w, const T* x, T* y) {
    g.sweep(forward<Sum>([=](Index) { return [=](Index s, Index j) { return w[s] * x[j]; }; },
                              [=](Index i, T total, Index) { y[i] += total; }));
}

template <class T, class Place>
KERNEL csr_fused_hand(const Csr<Place>& g, const T* w, Column<T>* column, T* y, const T* post) {
    for (Index i = 0; i < g.rows; ++i) {
        T even = 0, odd = 0;
        Index s = g.row_ptr[i];
        const Index end = g.row_ptr[i + 1];
        const T p = post[i];
        for (; s + 2 <= end; s += 2) {
            Column<T>& a = column[g.column[s]];
            even += w[s] * a.pre;
            a.back += w[s] * p;
            Column<T>& b = column[g.column[s + 1]];
            odd += w[s + 1] * b.pre;
            b.back += w[s + 1] * p;
        }
        if (s < end) {
            Column<T>& a = column[g.column[s]];
            even += w[s] * a.pre;
            a.back += w[s] * p;
        }
        y[i] += even + odd;
    }
}

template <class T, class Place>
KERNEL csr_fused_walk(const Csr<Place>& g, const T* w, Column<T>* column, T* y, const T* post) {
    using Own = Column<T>;
    g.sweep_records(
        column, [=](Index s) { fetch(w, s); },
        forward<Sum>([=](Index) { return weighted(w, &Own::pre); },
                     [=](Index i, T total, Index) { y[i] += total; }),
        backward<Sum>([=](Own& at) -> T& { return at.back; },
                      [=](Index i) {
                          const T p = post[i];
                          return weighted(w, p);
                      }));
}

template <class T, class Place>
KERNEL csr_oja_hand(const Csr<Place>& g, T* w, const T* pre, const T* post, T k, T alpha) {
    for (Index i = 0; i < g.rows; ++i) {
        const T p = post[i], q = alpha * p * p;
#pragma omp simd
        for (Index s = g.row_ptr[i]; s < g.row_ptr[i + 1]; ++s) w[s] += k * (p * pre[g.column[s]] - q * w[s]);
    }
}

template <class T, class Place>
KERNEL csr_oja_walk(const Csr<Place>& g, T* w, const T* pre, const T* post, T k, T alpha) {
    g.update([=](Index i) {
        const T p = post[i], q = alpha * p * p;
        return [=](Index s, Index j) { w[s] += k * (p * pre[j] - q * w[s]); };
    });
}

template <class T, class Place>
void csr(Index n, double density, const char* type) {
    auto row_ptr = std::make_shared<std::vector<std::int64_t>>(1, 0);
    auto column = std::make_shared<std::vector<Place>>();
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < n; ++j)
            if (std::rand() < density * RAND_MAX) column->push_back(Place(j));
        row_ptr->push_back(std::int64_t(column->size()));
    }
    const Csr<Place> g{n, n, row_ptr->data(), column->data()};
    Buffer<T> w{Index(column->size())}, x{n}, y{n}, post{n};
    auto both = std::make_shared<std::vector<Column<T>>>(std::size_t(n), Column<T>{T(0.5), T(0)});
    char size[64];
    std::snprintf(size, sizeof size, " %d^2 at %g %% %s", int(n), 100 * density, type);
    const std::string tail = size;
    measure({"csr forward" + tail, [=] { csr_forward_hand<T>(g, w, x, y); }, [=] { csr_forward_walk<T>(g, w, x, y); }});
    measure({"csr forward + backward" + tail, [=] { csr_fused_hand<T>(g, w, both->data(), y, post); },
             [=] { csr_fused_walk<T>(g, w, both->data(), y, post); }});
    measure({"csr update (Oja)" + tail, [=] { csr_oja_hand<T>(g, w, x, post, T(1e-6), T(8)); },
             [=] { csr_oja_walk<T>(g, w, x, post, T(1e-6), T(8)); }});
    (void)row_ptr, (void)column;
}

}  // namespace

int main(int argc, char** argv) {
    const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    if (quick) block = 0.002, repetitions = 3;
    if (argc > 1 + quick) wanted = argv[1 + quick];
    std::printf("%-44s %11s %11s %8s\n", "us per pass", "hand", "walk", "ratio");
    for (Index n : {Index(200), Index(1000), Index(4000)}) {
        if (quick && n > 1000) break;
        dense<double>(n, n, "double");
        dense<float>(n, n, "float");
    }
    csr<double, std::int32_t>(1000, 0.02, "double");
    csr<float, std::uint16_t>(1000, 0.02, "float 16");
    if (!quick) {
        csr<double, std::int32_t>(4000, 0.1, "double");
        csr<double, std::uint16_t>(4000, 0.1, "double 16");
        csr<float, std::int32_t>(4000, 0.1, "float");
        csr<float, std::uint16_t>(4000, 0.1, "float 16");
    }
}
