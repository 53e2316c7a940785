// Descendants of a worker whose parent is gone: they become children of this process instead of escaping to init.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace interleave {

struct LeftBehind {
  std::size_t processes = 0;
  std::string name;  // of the first
};

// From its construction on, which comes before the worker's, to its end. It does nothing where this process has
// children that no Child started (a shell that became this program left them): their orphans could not be told from a
// worker's.
class Orphans {
 public:
  Orphans();
  ~Orphans();  // ends who is left
  Orphans(const Orphans&) = delete;
  Orphans& operator=(const Orphans&) = delete;

  // Those that are alive; the worker is not among them. Who has ended is waited for.
  std::vector<pid_t> living();
  // CPU time of those that were waited for.
  std::chrono::nanoseconds ended_cpu() const { return ended_cpu_; }
  // Once the worker has been waited for: ends them all. Told is who was alive in no process group of the worker's;
  // who stayed in it is ended with it, as ever.
  LeftBehind end_all(pid_t worker);

 private:
  std::vector<pid_t> adopted() const;
  bool reap(pid_t pid, int flags);
  bool on_ = false;
  std::chrono::nanoseconds ended_cpu_{0};
};

}  // namespace interleave
