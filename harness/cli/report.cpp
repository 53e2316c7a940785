// `interleave report`: hands over to the report's Python.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/cli/layout.hpp"
#include "harness/text/joined.hpp"
#include "harness/trial/child.hpp"

namespace interleave {
namespace {

// Looks for the libraries without importing them: that would read the user's settings, which may be broken and are not
// the report's.
constexpr const char* kHasLibraries =
    "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, ('matplotlib', 'jinja2', 'numpy'))))";

bool draws(const std::string& python) {
  try {
    output_of(python, {"-c", kHasLibraries}, std::chrono::seconds(60));
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::string python_that_draws() {
  const char* const chosen = std::getenv("INTERLEAVE_PYTHON");
  std::vector<std::string> tried;
  for (const std::string& name :
       {std::string(chosen == nullptr ? "" : chosen), std::string("/usr/bin/python3"), std::string("python3")}) {
    if (name.empty()) continue;
    const std::string python = program_on_path(name);
    if (!python.empty() && draws(python)) return python;
    tried.push_back(name);
  }
  throw std::runtime_error("no Python with matplotlib, numpy and jinja2 (tried " + joined(tried, ", ") +
                           "): apt-get install python3-matplotlib python3-jinja2, or set INTERLEAVE_PYTHON");
}

}  // namespace

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
