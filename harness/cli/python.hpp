// The Python that draws reports.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace interleave {

// INTERLEAVE_PYTHON, /usr/bin/python3 or python3, the first that has the libraries. Throws std::runtime_error naming
// them.
std::string python_that_draws();

}  // namespace interleave
