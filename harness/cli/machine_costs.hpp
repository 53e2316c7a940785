// What the machine charges, as a table, as JSON, and as a file in a run's directory.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <optional>

namespace interleave {

// `interleave doctor --costs`, in some four seconds: on stdout, and where `into` is given into that run's directory,
// whose file system is the one that is written to. Throws std::invalid_argument where it is no run's, DamagedRun where
// the run is of another machine, Interrupted.
int tell_machine_costs(bool as_json, const std::optional<std::filesystem::path>& into);

// The same in one second, into the directory of a run of this machine.
void keep_machine_costs(const std::filesystem::path& dir);

}  // namespace interleave
