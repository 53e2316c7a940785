// The sub-commands: each adds itself to the command line and leaves its exit status.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace interleave {

enum ExitStatus : int { kFine = 0, kVoidTrials = 1, kUsage = 2, kInconclusive = 3, kCoverage = 4, kInterrupted = 130 };

// The one table of them, in --help.
inline constexpr const char* kExitStatuses =
    "Exit status, the first that applies:\n"
    "  130  interrupted: what is finished is kept\n"
    "    2  usage or set-up; a run that could not go on, as on a full disk\n"
    "    1  void trials (other than concurrency or a rate that was too much), or a regression\n"
    "    4  two runs do not cover the same loads and models\n"
    "    3  inconclusive: nothing was measured, or a model that was asked for by name has no valid result\n"
    "    0  fine";

// Of compare and gate.
inline constexpr const char* kGateStatuses =
    "Exit status, the first that applies:\n"
    "  130  interrupted\n"
    "    2  usage, set-up or build\n"
    "    1  a regression\n"
    "    4  coverage: a cell is missing, void or new on one side\n"
    "    3  inconclusive: nothing compared, too noisy, or contaminated\n"
    "    0  pass";

void add_list(CLI::App& app, int& status);
void add_run(CLI::App& app, int& status);
void add_advise(CLI::App& app, int& status);
void add_limits(CLI::App& app, int& status);
void add_doctor(CLI::App& app, int& status);
void add_verdict(CLI::App& app, int& status);
void add_anatomy(CLI::App& app, int& status);
void add_trace(CLI::App& app, int& status);
void add_trial(CLI::App& app, int& status);
void add_compare(CLI::App& app, int& status);
void add_gate(CLI::App& app, int& status);
void add_baseline(CLI::App& app, int& status);
void add_history(CLI::App& app, int& status);
void add_selftest(CLI::App& app, int& status);
void add_export(CLI::App& app, int& status);

// These take their arguments as they are.
void add_serve(CLI::App& app);
void add_report(CLI::App& app);
int report(int argc, char** argv);  // argv[0] is the sub-command's name

}  // namespace interleave
