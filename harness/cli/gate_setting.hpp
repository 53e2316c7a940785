// What the commands that measure builds beside each other share: gate, baseline and selftest.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "harness/gate/baseline.hpp"
#include "harness/gate/gate_run.hpp"

namespace CLI {
class App;
}

namespace interleave {

// The models of both arms. Throws std::invalid_argument where one has none.
std::array<FoundModels, 2> models_of(const std::array<Arm, 2>& arms);

// "5%", "call" or "allocation": more work in every item of head. Throws std::invalid_argument.
void inject(GateSetting& setting, const std::string& text);

// `only`: "counts", "times", or both where it is empty. What is counted with is this build's; a gate that is to count
// alone needs it, others say that they lack it.
void count_with(GateSetting& setting, const std::string& only);

// The control kernels, and where progress is told.
void complete(GateSetting& setting);

// A wish that would change nothing is not passed over. Throws std::invalid_argument.
void refuse(const CLI::App& command, std::initializer_list<const char*> names, const char* why);

struct Alone {
  std::string build{};  // a build folder or a revision; empty: this build
  std::string profile = "gate";
  std::uint64_t seed = 0;
  bool allow_dirty = false;
};

// One build by itself, as a baseline that is filled in; none: interrupted, which was said.
std::optional<Baseline> measured_alone(GateSetting setting, const Alone& alone, const Interrupt& interrupt);

}  // namespace interleave
