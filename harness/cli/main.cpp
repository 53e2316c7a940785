// `interleave`: which concurrency model wins at your load?
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <string>
#include <string_view>

#include "harness/cli/commands.hpp"
#include "harness/machine/commit.hpp"
#include "harness/posix/standard_output.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/server/serve.hpp"
#include "harness/text/plain_error.hpp"
#include "harness/trial/interrupt.hpp"

namespace {

// What is wrong, and where to read on.
std::string advice(const CLI::App& app, const std::string& command, const CLI::ParseError& error) {
  const bool named = !command.empty() && command.front() != '-';
  const auto is_it = [&](const CLI::App* each) { return each->get_name() == command; };
  if (named && app.get_subcommands(is_it).empty()) {
    return "there is no command '" + command + "' (interleave --help lists what there is)";
  }
  return std::string(error.what()) +
         (named ? " (interleave " + command + " --help says more)" : " (interleave --help lists what there is)");
}

int run_command_line(int argc, char** argv) {
  int status = interleave::kFine;
  CLI::App app{"Measures where each concurrency model wins, and proves that all of them did the same work."};
  app.set_version_flag("--version",
                       std::string("interleave ") + interleave::kVersion + " (" + interleave::kCommit + ")");
  app.require_subcommand(1);
  app.footer(std::string(interleave::kExitStatuses) + "\n`interleave COMMAND --help` says more.");
  interleave::add_run(app, status);
  interleave::add_verdict(app, status);
  interleave::add_limits(app, status);
  interleave::add_advise(app, status);
  interleave::add_report(app);
  interleave::add_compare(app, status);
  interleave::add_gate(app, status);
  interleave::add_baseline(app, status);
  interleave::add_history(app, status);
  interleave::add_selftest(app, status);
  interleave::add_export(app, status);
  interleave::add_list(app, status);
  interleave::add_doctor(app, status);
  interleave::add_anatomy(app, status);
  interleave::add_trace(app, status);
  interleave::add_trial(app, status);
  interleave::add_serve(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    status = app.exit(asked);
  } catch (const CLI::ParseError& error) {
    interleave::say("interleave: " + advice(app, argc > 1 ? argv[1] : "", error) + "\n");
    return interleave::kUsage;
  }
  interleave::finish_output();
  return status;
}

}  // namespace

int main(int argc, char** argv) try {
  interleave::open_standard_descriptors();
  std::signal(SIGCHLD, SIG_DFL);  // some starters leave it ignored, and nobody would learn how a worker ended
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "serve") return interleave::serve(argc - 1, argv + 1);
  if (command == "report") return interleave::report(argc - 1, argv + 1);
  return run_command_line(argc, argv);
} catch (const interleave::Interrupted&) {
  return interleave::kInterrupted;
} catch (const std::exception& error) {
  interleave::say("interleave: " + interleave::plain_error(error.what()) + "\n");
  return interleave::kUsage;
}

void interleave::add_serve(CLI::App& app) {
  app.add_subcommand("serve", "The delay/error server alone (interleave serve --help)")->prefix_command();
}
