// posix_spawn, pidfd and wait4.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>
#include <system_error>

#include "harness/machine/cpus.hpp"
#include "harness/machine/tuning.hpp"
#include "harness/posix/files.hpp"
#include "harness/posix/foreign_file.hpp"
#include "harness/text/utf8.hpp"

namespace interleave {
namespace {

constexpr std::size_t kMostOfLine = 1000, kMostSearched = 64 << 10;  // bytes

void require_fine(int error, const std::string& what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

// No signal blocked, a write that fails deadly as usual, and a group of its own, so that Ctrl-C at the terminal reaches
// the harness alone. What was ignored when the harness was started stays ignored, as nohup means it.
class Attributes {
 public:
  Attributes() {
    require_fine(posix_spawnattr_init(&attributes_), "posix_spawnattr_init");
    sigset_t none, standard;
    sigemptyset(&none);
    sigemptyset(&standard);
    for (const int number : {SIGPIPE, SIGXFSZ}) sigaddset(&standard, number);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &standard);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

class Actions {
 public:
  explicit Actions(const Launch& launch) {
    require_fine(posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init");
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, 1, launch.out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_addopen(&actions_, 2, launch.err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    int last = 2, highest = 2;
    for (const auto& [ours, theirs] : launch.descriptors) {
      last = std::max(last, theirs);
      highest = std::max({highest, ours, theirs});
    }
    // By way of numbers that nobody has, so that none is overwritten before it is handed on.
    int spare = highest;
    for (const auto& [ours, theirs] : launch.descriptors) hand_on(ours, ++spare);
    spare = highest;
    for (const auto& [ours, theirs] : launch.descriptors) hand_on(++spare, theirs);
    // Whatever else is open here, by whomever: a child must not hold connections and files that are none of its own.
    require_fine(posix_spawn_file_actions_addclosefrom_np(&actions_, last + 1),
                 "posix_spawn_file_actions_addclosefrom_np");
  }
  ~Actions() { posix_spawn_file_actions_destroy(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  void hand_on(int from, int to) {
    require_fine(posix_spawn_file_actions_adddup2(&actions_, from, to), "posix_spawn_file_actions_adddup2");
  }

  posix_spawn_file_actions_t actions_;
};

// As this process has it, but for what would change the work of a trial; and the padding.
std::vector<char*> environment_with(std::string& padding, std::vector<std::string>& further) {
  std::vector<char*> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!is_kept_from_children(*variable)) environment.push_back(*variable);
  }
  for (std::string& variable : further) environment.push_back(variable.data());
  environment.push_back(padding.data());
  environment.push_back(nullptr);
  return environment;
}

// Raising it needs no right. It is done a moment after the start, when the child has neither memory nor children yet.
void volunteer(pid_t pid, int oom_score_adj) {
  const int fd = ::open(fmt::format("/proc/{}/oom_score_adj", pid).c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;  // it has ended, or the kernel has no such file
  write_all(fd, std::to_string(oom_score_adj));
  ::close(fd);
}

std::set<pid_t>& living_children() {
  static std::set<pid_t> pids;
  return pids;
}

pid_t spawn(const Launch& launch) {
  std::string program = launch.program.string();
  std::vector<std::string> arguments = launch.arguments;
  std::vector<char*> argv{program.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::string padding = "INTERLEAVE_PADDING=" + std::string(launch.padding, 'x');
  std::vector<std::string> further = launch.environment;
  const std::vector<char*> environment = environment_with(padding, further);
  const Actions actions(launch);
  const Attributes attributes;
  pid_t pid = -1;
  require_fine(posix_spawnp(&pid, program.c_str(), actions.get(), attributes.get(), argv.data(), environment.data()),
               "cannot start " + program);
  return pid;
}

}  // namespace

Child::Child(const Launch& launch) {
  if (launch.cpus.empty()) {
    pid_ = spawn(launch);
  } else {  // a child inherits the cores of the thread that starts it
    const std::vector<int> own = allowed_cpus();
    move_to(launch.cpus);
    try {
      pid_ = spawn(launch);
    } catch (...) {
      move_to(own);
      throw;
    }
    move_to(own);
  }
  living_children().insert(pid_);
  volunteer(pid_, launch.oom_score_adj);
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0U));
  if (pidfd_ < 0) {
    const int error = errno;
    kill_all();
    reap(0);
    require_fine(error, "pidfd_open");
  }
}

Child::~Child() {
  if (!ended_) {
    kill_all();
    reap(0);
  }
  if (pidfd_ >= 0) ::close(pidfd_);
}

bool Child::reap(int flags) {
  int status = 0;
  Ended ended;
  pid_t got = 0;
  do {
    got = ::wait4(pid_, &status, flags, &ended.cost);
  } while (got < 0 && errno == EINTR);
  if (got == 0) return false;
  if (WIFEXITED(status)) ended.exit_status = WEXITSTATUS(status);
  else ended.signal = WTERMSIG(status);
  ended_ = ended;
  living_children().erase(pid_);
  kill_all();  // descendants that were left behind; the group's number is theirs as long as one of them lives
  return true;
}

const Ended& Child::wait() {
  if (!ended_) reap(0);
  return *ended_;
}

std::optional<Ended> Child::ended() {
  if (!ended_) reap(WNOHANG);
  return ended_;
}

void Child::signal(int number) const {
  if (!ended_) ::kill(pid_, number);
}

void Child::kill_all() const {
  ::kill(-pid_, SIGKILL);
  signal(SIGKILL);  // it may have moved to another group
}

bool Child::is_one(pid_t pid) { return living_children().count(pid) != 0; }

std::string first_line_of(std::string_view text) {
  const std::size_t said = text.find_first_not_of(" \t\r\n");
  if (said == std::string_view::npos) return "(it said nothing)";
  const std::size_t before = text.rfind('\n', said);
  text.remove_prefix(before == std::string_view::npos ? 0 : before + 1);
  return utf8_of(text.substr(0, std::min(text.find('\n'), kMostOfLine)));
}

std::string first_line(const std::filesystem::path& file) {
  const auto said = read_foreign(file, kMostSearched);
  return first_line_of(said ? said->text : std::string());
}

std::string name_of_signal(int number) {
  const char* const name = sigabbrev_np(number);
  return name == nullptr ? fmt::format("signal {}", number) : fmt::format("SIG{} ({})", name, number);
}

}  // namespace interleave
