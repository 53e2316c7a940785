// SIGINT, SIGTERM and SIGHUP as a descriptor: the run ends between two steps, never in the middle of a write.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <csignal>
#include <stdexcept>

namespace interleave {

// Thrown where a wait ends because the user wants out.
struct Interrupted : std::runtime_error {
  Interrupted() : std::runtime_error("interrupted") {}
};

// Blocks the signals of this thread for its lifetime, and for good if one came: it must not kill a process that puts
// its files in order. Those that are ignored stay ignored. May be nested. Children are started with none blocked.
class Interrupt {
 public:
  Interrupt();  // throws std::system_error
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  int fd() const { return fd_; }  // readable once a signal has come
  bool came() const;              // stays true
  void check() const;             // throws Interrupted if one came

 private:
  sigset_t before_{};
  int fd_ = -1;
};

}  // namespace interleave
