// The sub-commands: each adds itself to the command line and leaves its exit status.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>

namespace interleave {

enum ExitStatus : int { kFine = 0, kVoidTrials = 1, kUsage = 2, kInconclusive = 3, kInterrupted = 130 };

void add_list(CLI::App& app, int& status);
void add_run(CLI::App& app, int& status);
void add_doctor(CLI::App& app, int& status);
void add_verdict(CLI::App& app, int& status);
void add_anatomy(CLI::App& app, int& status);
void add_trial(CLI::App& app, int& status);

// These take their arguments as they are.
void add_serve(CLI::App& app);
void add_report(CLI::App& app);
int report(int argc, char** argv);  // argv[0] is the sub-command's name

}  // namespace interleave
