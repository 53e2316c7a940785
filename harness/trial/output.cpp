// What a program says, through pipes: bounded in bytes and in time.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include "harness/trial/child.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;

class Pipe {
 public:
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    reads_ = ends[0];
    writes_ = ends[1];
  }
  ~Pipe() {
    close_writes();
    ::close(reads_);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writes() const { return writes_; }
  pollfd waits() const { return {ended_ ? -1 : reads_, POLLIN, 0}; }  // poll() passes over -1
  bool ended() const { return ended_; }
  const std::string& text() const { return text_; }
  void close_writes() {
    if (writes_ >= 0) ::close(writes_);
    writes_ = -1;
  }
  void read_some() {
    char piece[4096];
    const ssize_t n = ::read(reads_, piece, sizeof piece);
    if (n > 0) text_.append(piece, static_cast<std::size_t>(n));
    ended_ = n == 0 || (n < 0 && errno != EINTR);
  }

 private:
  int reads_ = -1, writes_ = -1;
  bool ended_ = false;
  std::string text_;
};

std::string first_line_of(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::string output_of(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                      std::chrono::milliseconds limit) {
  const Interrupt interrupt;
  Pipe out, err;
  Launch launch;
  launch.program = program;
  launch.arguments = arguments;
  launch.descriptors = {{out.writes(), 1}, {err.writes(), 2}};
  Child child(launch);
  out.close_writes();
  err.close_writes();
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const bool over = child.ended().has_value();
    if (over && out.ended() && err.ended()) break;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    std::array<pollfd, 4> waits{
        out.waits(), err.waits(), {over ? -1 : child.pidfd(), POLLIN, 0}, {interrupt.fd(), POLLIN, 0}};
    const int ready = left.count() < 0 ? 0 : ::poll(waits.data(), waits.size(), static_cast<int>(left.count()) + 1);
    interrupt.check();
    if (ready == 0) throw std::runtime_error(fmt::format("{} took longer than {} ms", program.string(), limit.count()));
    if (waits[0].revents != 0) out.read_some();
    if (waits[1].revents != 0) err.read_some();
    if (out.text().size() > kMostBytes || err.text().size() > kMostBytes) {
      throw std::runtime_error(fmt::format("{} says more than {} bytes", program.string(), kMostBytes));
    }
  }
  const Ended& ended = child.wait();
  if (ended.signal != 0) throw std::runtime_error(program.string() + " was ended by " + name_of_signal(ended.signal));
  if (ended.exit_status != 0) {
    throw std::runtime_error(
        fmt::format("{} ended with status {}: {}", program.string(), ended.exit_status, first_line_of(err.text())));
  }
  return out.text();
}

}  // namespace interleave
