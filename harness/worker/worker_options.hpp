// A worker's own flags, beside Google Benchmark's.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "harness/load/load.hpp"

namespace interleave {

struct WorkerOptions {
  std::string help;  // what --help prints of our own flags; empty if it was not asked for
  bool describe = false;
  std::string point;
  std::string out;
  int tape = -1, inputs = -1, control = -1;  // descriptors
  Load load;
};

// Takes our own flags out of argv, which then is Google Benchmark's. Throws std::invalid_argument in one line.
WorkerOptions take_options(const std::string& program, int& argc, char** argv);

}  // namespace interleave
