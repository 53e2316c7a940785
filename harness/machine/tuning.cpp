// Known names.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/tuning.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace interleave {
namespace {

// Prefixes: Google Benchmark's flags; ours, that a child is given anew.
constexpr std::array<std::string_view, 4> kKept{"BENCHMARK_", "INTERLEAVE_PADDING", "INTERLEAVE_BUSY_NS",
                                                "INTERLEAVE_EXTRA_"};

// Prefixes: the loader; glibc and its malloc, jemalloc, tcmalloc, mimalloc; OpenMP of three makers; oneTBB; libuv; C++
// library; sanitizers.
constexpr std::array<std::string_view, 17> kTuning{
    "LD_",  "GLIBC_TUNABLES", "MALLOC_", "_RJEM_MALLOC_", "JE_MALLOC_", "TCMALLOC_", "MIMALLOC_", "OMP_", "GOMP_",
    "KMP_", "TBB_",           "UV_",     "GLIBCXX_",      "ASAN_",      "TSAN_",     "UBSAN_",    "LSAN_"};

template <std::size_t N>
bool begins_with_one_of(const std::array<std::string_view, N>& prefixes, std::string_view name) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return name.substr(0, prefix.size()) == prefix; });
}

}  // namespace

bool is_kept_from_children(std::string_view name) { return begins_with_one_of(kKept, name); }

std::map<std::string, std::string> tuning_variables() {
  std::map<std::string, std::string> found;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || !begins_with_one_of(kTuning, text.substr(0, equals))) continue;
    found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

}  // namespace interleave
