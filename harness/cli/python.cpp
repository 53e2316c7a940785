// Looking for it where it may be.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/python.hpp"

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <vector>

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

}  // namespace

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

}  // namespace interleave
