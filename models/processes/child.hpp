// Child processes that never outlive their parent, and how they ended.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <system_error>

namespace interleave {

// What a forked worker dirties: page tables, stack, the heap's pages it writes, a reply reader.
inline constexpr std::uint64_t kProcessMemory = 512 * 1024;

// fork(): 0 in the child, which the kernel kills when the parent's thread ends. A child leaves by _exit(), so that
// nothing that the parent has buffered is written twice. Throws std::system_error.
inline pid_t fork_child() {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork of a worker process");
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // the parent died before the line above
  return 0;
}

// `status` as wait() gives it.
inline std::string how_it_ended(pid_t child, int status) {
  const std::string who = "worker process " + std::to_string(child);
  if (WIFSIGNALED(status))
    return who + " was ended by signal " + std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) + ")";
  return who + " exited with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace interleave
