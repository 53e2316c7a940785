// A child process: started on given cores, waited for with its cost, and killed with all its descendants.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interleave {

struct Launch {
  std::filesystem::path program;       // without a slash: as PATH has it
  std::vector<std::string> arguments;  // without the program's name
  std::vector<int> cpus;               // none: as this process
  std::size_t padding = 0;             // bytes of an unused environment variable: moves the stack, as any user's may be
  std::vector<std::string> environment{};  // further variables, NAME=value, behind those of this process
  std::filesystem::path out = "/dev/null";
  std::filesystem::path err = "/dev/null";
  std::vector<std::pair<int, int>> descriptors;  // ours, the child's: from 3 on without a gap; it has no others
  int oom_score_adj = 1000;                      // where memory runs out, this child is to die, and not the harness
};

struct Ended {
  int exit_status = -1;  // -1 if a signal ended it
  int signal = 0;
  rusage cost{};  // of the child and all its descendants that were waited for
};

class Child {
 public:
  // Leads a process group of its own, with no signal blocked, and without the variables that is_kept_from_children()
  // names. Throws std::system_error.
  explicit Child(const Launch& launch);
  ~Child();  // kills what is left of the group, and waits
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_; }  // readable once the child has ended
  const Ended& wait();                  // blocks; then ends what is left of its group
  std::optional<Ended> ended();         // at once
  void signal(int number) const;        // to the child
  void kill_all() const;                // SIGKILL to the child, wherever it went, and to its group
  static bool is_one(pid_t pid);        // whether a Child started it that has not waited for it; of one thread's

 private:
  bool reap(int flags);
  pid_t pid_ = -1;
  int pidfd_ = -1;
  std::optional<Ended> ended_;
};

// Runs to its end within the limit, and answers what it wrote to stdout; throws std::runtime_error with the first line
// of its stderr, the signal, or that it took too long or said more than 1 MiB, or Interrupted.
std::string output_of(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                      std::chrono::milliseconds limit);

// What a program said first, on the line that says anything; "(it said nothing)" if none does.
// As UTF-8, whatever it wrote, and of 1,000 bytes at most.
std::string first_line(const std::filesystem::path& file);
std::string first_line_of(std::string_view text);

// "SIGKILL (9)" and the like.
std::string name_of_signal(int number);

}  // namespace interleave
