// The things that have a price: each makes what it needs, does it so many times, and leaves nothing.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>

#include "harness/machine/cgroup.hpp"
#include "harness/machine/costs.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/loopback.hpp"
#include "harness/posix/descriptor.hpp"
#include "harness/posix/pipe.hpp"

namespace interleave {
namespace {

constexpr std::size_t kMiB = 1 << 20, kInAnyFirstCache = 16 << 10;

[[noreturn]] void fail_with_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Lines of a cache, each of which says where to read next; all are on one way round, and the next address is known only
// when a read is done. A generator with a full period (a - 1 divisible by 4, c odd) makes a way that no prefetcher
// knows, by writing in order.
class Chase {
 public:
  explicit Chase(std::size_t bytes) : lines_(bytes / sizeof(Line)) {
    const std::size_t mask = lines_.size() - 1;
    for (std::size_t i = 0; i < lines_.size(); ++i) lines_[i].next = (i * 1'664'525 + 1'013'904'223) & mask;
  }
  void go(std::uint32_t steps) {
    std::size_t at = at_;
    for (std::uint32_t step = 0; step < steps; ++step) at = lines_[at].next;
    at_ = at;
  }

 private:
  struct alignas(64) Line {
    std::size_t next = 0;
  };
  std::vector<Line> lines_;  // a power of two
  std::size_t at_ = 0;
};

// Twice the last cache, from 64 to 256 MiB; an eighth of the memory that is left where that is less.
std::size_t beyond_caches() {
  const long cache = ::sysconf(_SC_LEVEL3_CACHE_SIZE), pages = ::sysconf(_SC_AVPHYS_PAGES);
  std::size_t left = static_cast<std::size_t>(std::max(pages, 0L)) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (const auto bound = least_left(read_memory_bounds())) left = std::min<std::size_t>(left, bound->left);
  const std::size_t wanted = std::clamp(2 * static_cast<std::size_t>(std::max(cache, 0L)), 64 * kMiB, 256 * kMiB);
  return std::bit_floor(std::max(std::min(wanted, left / 8), 16 * kMiB));
}

CostProbe::Batch chase_over(std::size_t bytes) {
  return [chase = std::make_shared<Chase>(bytes)](std::uint32_t steps) { chase->go(steps); };
}

CostProbe::Batch system_calls() {
  return [](std::uint32_t calls) {
    for (std::uint32_t call = 0; call < calls; ++call) ::syscall(SYS_getppid);
  };
}

void give(int fd) {
  while (::write(fd, "x", 1) != 1) {
    if (errno != EINTR) fail_with_errno("write");
  }
}

// Whether there was one.
bool take(int fd) {
  char byte = 0;
  ssize_t got = 0;
  do got = ::read(fd, &byte, 1);
  while (got < 0 && errno == EINTR);
  return got == 1;
}

// Two threads on one core, of which one sleeps: each byte is a write, a switch and a read.
class Switching {
 public:
  Switching()
      : other_([this] {
          while (take(there_.read_end())) give(back_.write_end());
        }) {}
  ~Switching() {
    there_.close_write_end();
    other_.join();
  }
  Switching(const Switching&) = delete;
  Switching& operator=(const Switching&) = delete;

  void go(std::uint32_t switches) {
    for (std::uint32_t done = 0; done < switches; done += 2) {
      give(there_.write_end());
      take(back_.read_end());
    }
  }

 private:
  OnOneCore here_{OnOneCore::Which::first};
  Pipe there_, back_;
  std::thread other_;
};

CostProbe::Batch thread_starts() {
  return [](std::uint32_t threads) {
    for (std::uint32_t thread = 0; thread < threads; ++thread) std::thread([] {}).join();
  };
}

void wait_for_child(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail_with_errno("waitpid");
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("the child did not end as it should");
}

CostProbe::Batch process_starts() {
  return [](std::uint32_t processes) {
    for (std::uint32_t process = 0; process < processes; ++process) {
      const pid_t child = ::fork();
      if (child < 0) fail_with_errno("fork");
      if (child == 0) ::_exit(0);
      wait_for_child(child);
    }
  };
}

CostProbe::Batch program_starts() {
  return [](std::uint32_t programs) {
    for (std::uint32_t program = 0; program < programs; ++program) {
      std::string name = "/bin/true";
      std::array<char*, 2> arguments{name.data(), nullptr};
      pid_t child = 0;
      errno = ::posix_spawn(&child, name.c_str(), nullptr, nullptr, arguments.data(), nullptr);
      if (errno != 0) fail_with_errno(name);
      wait_for_child(child);
    }
  };
}

int tcp_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail_with_errno("socket");
  const int yes = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

// A connection to oneself, and a thread at its other end that says back what it hears.
class Echo {
 public:
  Echo() : listening_(tcp_socket()), near_(tcp_socket()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (::bind(listening_.get(), any, size) != 0 || ::listen(listening_.get(), 1) != 0 ||
        ::getsockname(listening_.get(), any, &size) != 0 || ::connect(near_.get(), any, size) != 0)
      fail_with_errno("127.0.0.1");
    far_ = Descriptor(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!far_) fail_with_errno("accept");
    const int yes = 1;
    ::setsockopt(far_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    other_ = std::thread([this] {
      while (take(far_.get())) give(far_.get());
    });
  }
  ~Echo() {
    ::shutdown(near_.get(), SHUT_WR);
    other_.join();
  }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;

  void go(std::uint32_t round_trips) {
    for (std::uint32_t done = 0; done < round_trips; ++done) {
      give(near_.get());
      take(near_.get());
    }
  }

 private:
  Descriptor listening_, near_, far_;
  std::thread other_;
};

CostProbe::Batch echoes() {
  if (const std::optional<std::string> why_not = why_no_loopback()) throw std::runtime_error(*why_not);
  return [echo = std::make_shared<Echo>()](std::uint32_t round_trips) { echo->go(round_trips); };
}

// A file of its own, which has a name until the end: some file systems do not write one that has none.
class SyncedFile {
 public:
  explicit SyncedFile(const std::filesystem::path& folder) : name_((folder / ".interleave-costs-XXXXXX").string()) {
    fd_ = Descriptor(::mkostemp(name_.data(), O_CLOEXEC));
    if (!fd_) fail_with_errno("cannot write into " + folder.string());
  }
  ~SyncedFile() { ::unlink(name_.c_str()); }
  SyncedFile(const SyncedFile&) = delete;
  SyncedFile& operator=(const SyncedFile&) = delete;

  void go(std::uint32_t writes) {
    for (std::uint32_t done = 0; done < writes; ++done) {
      const ssize_t written = ::pwrite(fd_.get(), block_.data(), block_.size(), at_);
      if (written >= 0 && written != static_cast<ssize_t>(block_.size())) errno = ENOSPC;
      if (written != static_cast<ssize_t>(block_.size()) || ::fsync(fd_.get()) != 0) fail_with_errno(name_);
      at_ += written;
    }
  }

 private:
  std::string name_;
  Descriptor fd_;
  off_t at_ = 0;
  std::array<char, 4096> block_{};
};

}  // namespace

std::vector<CostProbe> cost_probes(const std::filesystem::path& folder) {
  const auto switching = [] {
    return [two = std::make_shared<Switching>()](std::uint32_t switches) { two->go(switches); };
  };
  const auto writing = [folder] {
    return [file = std::make_shared<SyncedFile>(folder)](std::uint32_t writes) { file->go(writes); };
  };
  return {
      {.name = "l1_hit",
       .said = "a read from the first cache",
       .family = "",
       .operations = 100'000,
       .prepare = [] { return chase_over(kInAnyFirstCache); }},
      {.name = "memory_read",
       .said = "a read from memory",
       .family = "",
       .operations = 5000,
       .prepare = [] { return chase_over(beyond_caches()); }},
      {.name = "system_call", .said = "a system call", .family = "", .operations = 2000, .prepare = system_calls},
      {.name = "thread_switch",
       .said = "a switch to another thread",
       .family = "threads",
       .operations = 500,
       .prepare = switching},
      {.name = "thread_start",
       .said = "a thread started and joined",
       .family = "threads",
       .operations = 20,
       .prepare = thread_starts},
      {.name = "loopback_round_trip",
       .said = "a byte to and fro over TCP",
       .family = "",
       .operations = 100,
       .prepare = echoes},
      {.name = "process_start",
       .said = "a process forked and waited for",
       .family = "processes",
       .operations = 5,
       .prepare = process_starts},
      {.name = "program_start",
       .said = "a program run and waited for",
       .family = "processes",
       .operations = 2,
       .prepare = program_starts},
      {.name = "synced_write", .said = "4 KiB written and synced", .family = "", .operations = 1, .prepare = writing},
  };
}

}  // namespace interleave
