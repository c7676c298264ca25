#pragma once

#include <cstdint>

// What Python may call. `table` is the binding table: one 64-bit word per slot of the Manifest, in its order.
// The Cython module is compiled as C, and no C++ exception may pass through it.
extern "C" {

/// Number of 64-bit words of the binding table.
std::int64_t synloom_words();

/// Advances the network by `steps` steps; returns how many were done: fewer where Python has to act first.
std::int64_t synloom_run(void* table, std::int64_t steps);

/// Computes the global operations anew, after Python wrote state.
std::int64_t synloom_refresh(void* table);
}
