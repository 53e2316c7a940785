// The phases a worker announces on its pipe.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace interleave {

// Reads `connected|run|over <CLOCK_MONOTONIC ns> <ideal ns>` lines as they come, without blocking.
class Phases {
 public:
  Phases();  // makes the pipe; throws std::system_error
  ~Phases();
  Phases(const Phases&) = delete;
  Phases& operator=(const Phases&) = delete;

  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_write_end();  // once the worker has it

  // Takes in what has come. False once the worker has closed its end.
  bool read();

  std::int64_t connected_ns = 0, run_ns = 0, over_ns = 0;  // 0: not yet

 private:
  void take(const std::string& line);
  int ends_[2] = {-1, -1};
  std::string pending_;
};

}  // namespace interleave
