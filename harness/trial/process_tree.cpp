// Reading /proc.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/process_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

namespace interleave {
namespace {

constexpr std::size_t kReadWhole = 16;     // processes up to which every one is read
constexpr std::size_t kSampled = 8;        // children read beyond that
constexpr std::size_t kThreadsRead = 256;  // of the whole tree
constexpr std::size_t kThreadsAsked = 64;  // of one process, for their children

// A small file of /proc; empty if the process is gone. The text lives until the next call.
std::string_view read_small(const std::string& file) {
  static thread_local std::array<char, 1 << 16> text;
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::size_t size = 0;
  for (ssize_t got = 1; got > 0 && size < text.size(); size += got > 0 ? static_cast<std::size_t>(got) : 0) {
    got = ::read(fd, text.data() + size, text.size() - size);
  }
  ::close(fd);
  return {text.data(), size};
}

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

std::vector<pid_t> numbered_in(const std::string& directory) {
  std::vector<pid_t> numbers;
  const std::unique_ptr<DIR, CloseDir> dir(::opendir(directory.c_str()));
  if (!dir) return numbers;
  while (const dirent* const entry = ::readdir(dir.get())) {
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') numbers.push_back(std::atoi(entry->d_name));
  }
  return numbers;
}

std::vector<pid_t> threads_of(pid_t pid) { return numbered_in(fmt::format("/proc/{}/task", pid)); }

// Asks every process of the machine for its parent.
void add_children_by_parent(pid_t parent, std::vector<pid_t>& tree) {
  for (const pid_t pid : numbered_in("/proc")) {
    const std::string_view stat = read_small(fmt::format("/proc/{}/stat", pid));
    const std::size_t name_ends = stat.rfind(')');  // ") S ppid": the name itself may hold anything
    if (name_ends == std::string_view::npos || name_ends + 4 >= stat.size()) continue;
    if (std::atoi(std::string(stat.substr(name_ends + 4, 12)).c_str()) == parent) tree.push_back(pid);
  }
}

// Children belong to the thread that forked them, and any may have.
void add_children(pid_t pid, std::vector<pid_t>& tree) {
  const std::vector<pid_t> threads = threads_of(pid);
  if (threads.size() > kThreadsAsked) return add_children_by_parent(pid, tree);
  for (const pid_t thread : threads) {
    const std::string children(read_small(fmt::format("/proc/{}/task/{}/children", pid, thread)));
    for (const char* at = children.c_str(); *at != '\0';) {
      char* end = nullptr;
      const long child = std::strtol(at, &end, 10);
      if (end == at) break;
      tree.push_back(static_cast<pid_t>(child));
      at = end;
      while (*at == ' ') ++at;
    }
  }
}

std::uint64_t pss_of(pid_t pid) {
  const std::string text(read_small(fmt::format("/proc/{}/smaps_rollup", pid)));
  const std::size_t at = text.find("\nPss:");
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + 5, nullptr, 10) * 1024;
}

}  // namespace

std::vector<pid_t> process_tree(pid_t root) {
  std::vector<pid_t> tree{root};
  for (std::size_t i = 0; i < tree.size(); ++i) add_children(tree[i], tree);
  if (tree.size() == 1 && threads_of(root).empty()) tree.clear();
  return tree;
}

Census census_of(const std::vector<pid_t>& tree) {
  Census census;
  for (const pid_t pid : tree) {
    struct stat task{};
    if (::stat(fmt::format("/proc/{}/task", pid).c_str(), &task) != 0) continue;
    ++census.processes;
    census.threads += static_cast<std::uint32_t>(task.st_nlink) - 2;  // a directory a thread, beside . and ..
  }
  return census;
}

TreeMemory memory_of(const std::vector<pid_t>& tree) {
  TreeMemory memory;
  if (tree.size() <= kReadWhole) {
    for (const pid_t pid : tree) memory.pss_bytes += pss_of(pid);
    return memory;
  }
  std::uint64_t sample = 0;
  const std::size_t children = tree.size() - 1;
  for (std::size_t i = 0; i < kSampled; ++i) sample += pss_of(tree[1 + i * children / kSampled]);
  memory.pss_bytes = pss_of(tree.front()) + sample * children / kSampled;
  memory.scaled = true;
  return memory;
}

TreeCpu cpu_of(const std::vector<pid_t>& tree) {
  constexpr int kReapedUser = 13;  // fields behind the name: state is the first
  std::int64_t living = 0, ended = 0;
  for (const pid_t pid : tree) {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &time) == 0) {
      living += time.tv_sec * 1'000'000'000 + time.tv_nsec;
    }
    const std::string_view stat = read_small(fmt::format("/proc/{}/stat", pid));
    const std::size_t name_ends = stat.rfind(')');
    if (name_ends == std::string_view::npos) continue;
    std::istringstream fields{std::string(stat.substr(name_ends + 1))};
    std::string skipped;
    std::int64_t user = 0, system = 0;
    for (int i = 0; i < kReapedUser; ++i) fields >> skipped;
    if (fields >> user >> system) ended += (user + system) * (1'000'000'000 / sysconf(_SC_CLK_TCK));
  }
  return {.living = std::chrono::nanoseconds(living), .ended = std::chrono::nanoseconds(ended)};
}

RunQueueWait run_queue_wait_of(const std::vector<pid_t>& tree) {
  std::vector<std::pair<pid_t, pid_t>> threads;
  for (const pid_t pid : tree) {
    for (const pid_t thread : threads_of(pid)) threads.emplace_back(pid, thread);
  }
  RunQueueWait wait;
  const std::size_t step = (threads.size() + kThreadsRead - 1) / kThreadsRead;
  std::size_t read = 0;
  for (std::size_t i = 0; i < threads.size(); i += step, ++read) {
    cpu_set_t cores;
    if (::sched_getaffinity(threads[i].second, sizeof cores, &cores) == 0) CPU_OR(&wait.cores, &wait.cores, &cores);
    const std::string text(read_small(fmt::format("/proc/{}/task/{}/schedstat", threads[i].first, threads[i].second)));
    const std::size_t space = text.find(' ');
    if (space != std::string::npos) wait.ns += std::strtoll(text.c_str() + space, nullptr, 10);
  }
  wait.scaled = step > 1;
  if (wait.scaled) wait.ns = wait.ns * static_cast<std::int64_t>(threads.size()) / static_cast<std::int64_t>(read);
  return wait;
}

}  // namespace interleave
