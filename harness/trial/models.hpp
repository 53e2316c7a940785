// Which models there are: executables that answer --describe.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"

namespace interleave {

struct FoundModels {
  std::vector<PlannedModel> models;   // by name
  std::vector<std::string> failures;  // one line for each executable that does not answer
};

// Asks every executable file of the directories. A name in a later directory hides the same in an earlier one.
FoundModels find_models(const std::vector<std::filesystem::path>& directories);

// The models of that name, in the order asked; all of them if `names` is empty. Throws std::invalid_argument naming the
// known.
std::vector<PlannedModel> choose_models(const FoundModels& found, const std::vector<std::string>& names);

}  // namespace interleave
