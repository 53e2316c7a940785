// `interleave report`: hands over to the report's Python.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/cli/layout.hpp"
#include "harness/cli/python.hpp"

namespace interleave {
int report(int argc, char** argv) {
  const std::filesystem::path script = report_script();
  if (!std::filesystem::exists(script))
    throw std::runtime_error(script.string() + " is missing: build or install everything");
  std::string python = python_that_draws();
  std::string file = script.string();
  std::vector<char*> arguments{python.data(), file.data()};
  for (int i = 1; i < argc; ++i) arguments.push_back(argv[i]);
  arguments.push_back(nullptr);
  ::execv(python.c_str(), arguments.data());
  throw std::runtime_error(fmt::format("cannot run {}: {}", python, std::strerror(errno)));
}

void add_report(CLI::App& app) {
  app.add_subcommand("report", "Charts and one HTML page from the files of a run (interleave report --help)")
      ->prefix_command();
}

}  // namespace interleave
