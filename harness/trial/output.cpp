// What a program says, through pipes: bounded in bytes and in time.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>

#include "harness/posix/pipe.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {
namespace {

constexpr std::size_t kMostOutput = 1 << 20;

// What comes out of a pipe.
class Said {
 public:
  int write_end() const { return pipe_.write_end(); }
  void close_write_end() { pipe_.close_write_end(); }
  pollfd waits() const { return {ended_ ? -1 : pipe_.read_end(), POLLIN, 0}; }  // poll() passes over -1
  bool ended() const { return ended_; }
  const std::string& text() const { return text_; }
  void read_some() {
    char piece[4096];
    const ssize_t n = ::read(pipe_.read_end(), piece, sizeof piece);
    if (n > 0) text_.append(piece, static_cast<std::size_t>(n));
    ended_ = n == 0 || (n < 0 && errno != EINTR);
  }

 private:
  Pipe pipe_;
  bool ended_ = false;
  std::string text_;
};

}  // namespace

std::string output_of(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                      std::chrono::milliseconds limit) {
  const Interrupt interrupt;
  Said out, err;
  Launch launch;
  launch.program = program;
  launch.arguments = arguments;
  launch.descriptors = {{out.write_end(), 1}, {err.write_end(), 2}};
  Child child(launch);
  out.close_write_end();
  err.close_write_end();
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const bool over = child.ended().has_value();
    if (over && out.ended() && err.ended()) break;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    std::array<pollfd, 4> waits{
        out.waits(), err.waits(), {over ? -1 : child.pidfd(), POLLIN, 0}, {interrupt.fd(), POLLIN, 0}};
    // Even past the limit: this process may have been stopped meanwhile, and the answer be there.
    const int wait = left.count() < 0 ? 0 : static_cast<int>(left.count()) + 1;
    const int ready = ::poll(waits.data(), waits.size(), wait);
    interrupt.check();
    if (ready == 0) throw std::runtime_error(fmt::format("{} took longer than {} ms", program.string(), limit.count()));
    if (waits[0].revents != 0) out.read_some();
    if (waits[1].revents != 0) err.read_some();
    if (out.text().size() > kMostOutput || err.text().size() > kMostOutput) {
      throw std::runtime_error(fmt::format("{} says more than {} bytes", program.string(), kMostOutput));
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
