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

// Where models are. With a label, its models are known as "label/name": two builds of a model beside each other.
struct ModelDirectory {
  std::filesystem::path path;
  std::string label;
};

// Asks every executable file of the directories; a directory that is named twice is asked once. Throws
// std::invalid_argument naming both where two programs have one name: neither may hide the other.
FoundModels find_models(const std::vector<ModelDirectory>& directories);

// The models of that name, in the order asked; "four" are those that bear their families, "all" all of them, as is no
// name. Throws std::invalid_argument naming the known.
std::vector<PlannedModel> choose_models(const FoundModels& found, const std::vector<std::string>& names);

}  // namespace interleave
