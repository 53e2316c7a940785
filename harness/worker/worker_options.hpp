// A worker's own flags, beside Google Benchmark's.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "harness/worker/load.hpp"

namespace interleave {

struct WorkerOptions {
  bool help = false;
  bool describe = false;
  bool calibrate = false;
  std::string point;
  std::string out;
  int phase_fd = -1;
  Load load;
};

// Takes our own flags out of argv, which then is Google Benchmark's. Both --flag value and --flag=value are understood.
// Throws std::invalid_argument in one line.
WorkerOptions take_options(int& argc, char** argv);

// What --help says of them, with units, ranges and defaults.
std::string worker_help(const std::string& program);

}  // namespace interleave
