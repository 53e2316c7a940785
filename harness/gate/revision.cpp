// git worktree, cmake, rename.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/revision.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "harness/http/crc32c.hpp"
#include "harness/posix/descriptor.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/text/joined.hpp"
#include "harness/trial/child.hpp"

namespace interleave {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kGitLimit{120};
const fs::path kEnv = "/usr/bin/env";  // finds a program on PATH

std::optional<std::string> variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

bool is_on_path(const std::string& program) {
  try {
    output_of(kEnv, {program, "--version"}, kGitLimit);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

// Configured alike for every revision.
std::vector<std::string> configuration() {
  std::vector<std::string> words{"-DCMAKE_BUILD_TYPE=Release", "-DBUILD_TESTING=OFF"};
  if (is_on_path("ninja")) words.emplace_back("-GNinja");
  if (is_on_path("ccache")) words.emplace_back("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache");
  return words;
}

// What else of the user's reaches a compiler.
std::string build_key() {
  std::string key = joined(configuration(), " ");
  for (const char* name : {"CXX", "CXXFLAGS", "LDFLAGS"})
    key += fmt::format(" {}={}", name, variable(name).value_or(""));
  try {  // the same name is another compiler after an upgrade
    key += output_of(kEnv, {"sh", "-c", "exec ${CXX:-c++} --version"}, kGitLimit);
  } catch (const std::runtime_error&) {  // CMake says what it lacks
  }
  return fmt::format("{:08x}", crc32c(0, key));
}

// Held while a revision is built: two builds at one path would be neither.
class BuildLock {
 public:
  BuildLock(const fs::path& file, const Interrupt& interrupt)
      : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    constexpr int kLookEveryMs = 200;
    if (file_.get() < 0) throw std::system_error(errno, std::generic_category(), "cannot open " + file.string());
    bool is_told = false;
    while (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (!is_told) say("waiting for another gate that builds\n");
      is_told = true;
      pollfd stop{interrupt.fd(), POLLIN, 0};
      ::poll(&stop, 1, kLookEveryMs);
      interrupt.check();
    }
  }

 private:
  Descriptor file_;
};

// The compiler's or CMake's first complaint, else the log's last line.
std::string first_error(const fs::path& log) {
  std::ifstream in(log);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (line.find("error:") != std::string::npos || line.find("CMake Error") != std::string::npos) return line;
    if (!line.empty()) last = line;
  }
  return last.empty() ? "it said nothing" : last;
}

// Whether it ended well; Interrupted ends it.
bool ran(const std::vector<std::string>& words, const fs::path& log, const Interrupt& interrupt) {
  Launch launch;
  launch.program = kEnv;
  launch.arguments = {"sh", "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log.string()};
  launch.arguments.insert(launch.arguments.end(), words.begin(), words.end());
  Child child(launch);
  pollfd fds[2] = {{child.pidfd(), POLLIN, 0}, {interrupt.fd(), POLLIN, 0}};
  while (::poll(fds, 2, -1) < 0 && errno == EINTR) {
  }
  interrupt.check();
  return child.wait().exit_status == 0;
}

// Also where its folder is gone, or git was killed while it made it, which leaves it locked; and after an interrupt,
// which every wait for output ends at. Other worktrees of the repository are the user's.
void forget_worktree(const fs::path& repository, const fs::path& source) {
  Launch launch;
  launch.program = kEnv;
  launch.arguments = {"git", "-C", repository.string(), "worktree", "remove", "--force", "--force", source.string()};
  launch.err = "/dev/null";  // there may be none
  Child(launch).wait();
}

}  // namespace

fs::path cache_directory() {
  if (const auto cache = variable("XDG_CACHE_HOME"); cache && fs::path(*cache).is_absolute())
    return fs::path(*cache) / "interleave";
  if (const auto home = variable("HOME")) return fs::path(*home) / ".cache" / "interleave";
  return fs::temp_directory_path() / fmt::format("interleave-{}", ::getuid());
}

Revisions::Revisions(const fs::path& directory) : repository_(directory) {
  try {
    std::string top = git({"rev-parse", "--show-toplevel"});
    repository_ = top.substr(0, top.find('\n'));
  } catch (const std::runtime_error&) {
    throw std::invalid_argument(
        fmt::format("{} is in no git repository, so it has no revisions: give build folders", directory.string()));
  }
}

std::string Revisions::git(const std::vector<std::string>& arguments) const {
  std::vector<std::string> words{"git", "-C", repository_.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return output_of(kEnv, words, kGitLimit);
}

void Revisions::require_clean() const {
  const std::string changes = git({"status", "--porcelain", "--untracked-files=no"});
  if (changes.empty()) return;
  throw std::invalid_argument(fmt::format(
      "the working tree has changes that are in no revision ({}): commit or stash them, or say --allow-dirty",
      changes.substr(0, changes.find('\n'))));
}

std::string Revisions::commit_of(const std::string& revision) const {
  try {
    const std::string commit = git({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
    return commit.substr(0, commit.find('\n'));
  } catch (const std::runtime_error&) {
  }
  const bool shallow = git({"rev-parse", "--is-shallow-repository"}).rfind("true", 0) == 0;
  throw std::invalid_argument(
      fmt::format("'{}' is neither a directory nor a revision that is here{}", revision,
                  shallow ? ": this clone is shallow, fetch the rest (git fetch --unshallow)" : ""));
}

Arm Revisions::built(const std::string& revision, const Interrupt& interrupt) const {
  const std::string commit = commit_of(revision);
  const fs::path cache = cache_directory() / "gate";
  fs::create_directories(cache);
  const fs::path place = cache / fmt::format("{}-{}", commit, build_key());
  if (!fs::exists(place)) {
    const BuildLock lock(cache / "lock", interrupt);
    if (!fs::exists(place)) build(commit, place, interrupt);
  }
  return built_arm(fmt::format("{} ({})", revision, commit.substr(0, 10)), place);
}

void Revisions::build(const std::string& commit, const fs::path& place, const Interrupt& interrupt) const {
  const fs::path at = place.parent_path() / "at", source = at / "source", tree = at / "build";
  const fs::path log = place.parent_path() / (commit + ".log");
  const auto clear = [&] {
    forget_worktree(repository_, source);
    fs::remove_all(at);
  };
  clear();
  fs::remove(log);
  fs::create_directories(at);
  say(fmt::format("building {} (log: {})\n", commit.substr(0, 10), log.string()));
  std::vector<std::string> configure{"cmake", "-S", source.string(), "-B", tree.string()};
  for (const std::string& word : configuration()) configure.push_back(word);
  try {
    git({"worktree", "add", "--detach", "--force", "--force", source.string(), commit});
    if (!ran(configure, log, interrupt) || !ran({"cmake", "--build", tree.string(), "--parallel"}, log, interrupt))
      throw std::runtime_error(
          fmt::format("{} does not build: {} (log: {})", commit.substr(0, 10), first_error(log), log.string()));
    fs::rename(tree, place);
  } catch (...) {  // an interrupt, too, leaves no worktree in the user's repository
    clear();
    throw;
  }
  clear();
}

}  // namespace interleave
