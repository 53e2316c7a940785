// Progress on stderr.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "harness/judge/reason.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/trial/checks.hpp"

namespace interleave {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBar = 24;
constexpr std::chrono::seconds kBetweenLines{10};

std::size_t columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

// The same reason of another round has other numbers.
std::string without_numbers(const std::string& text) {
  std::string kind;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) kind += c;
    else if (kind.empty() || kind.back() != '#') kind += '#';
  }
  return kind;
}

}  // namespace

Progress::Progress(std::size_t planned, std::size_t done_before, std::chrono::seconds expected)
    : planned_(planned),
      done_(done_before),
      expected_(expected),
      start_(Clock::now()),
      share_before_(static_cast<double>(done_before) / static_cast<double>(planned)),
      terminal_(::isatty(STDERR_FILENO) == 1),
      colour_(terminal_ && std::getenv("NO_COLOR") == nullptr),
      last_line_(start_) {}

Progress::~Progress() {
  if (terminal_) say_without_waiting("\r\033[K");
  for (const auto& [cell, times] : repeats_) {
    if (times > 0) line(fmt::format("void: {}: the same reason {} more times", cell, times));
  }
}

std::string Progress::left() const {
  const double rest = std::max(0.0, 1 - share_before_ - share_);
  const std::chrono::duration<double> spent = Clock::now() - start_;
  const double expected = static_cast<double>(expected_.count());
  // Trust the estimate at first, and more and more what the trials took.
  const double observed = share_ > 0 ? spent.count() / share_ : expected;
  const double weight = std::min(1.0, share_ / 0.1);
  const auto seconds = static_cast<long>(rest * (weight * observed + (1 - weight) * expected));
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

void Progress::draw() const {
  const std::size_t full = kBar * done_ / planned_;
  const std::string bar = std::string(full, '#') + std::string(kBar - full, '-');
  const std::string voids = voids_ > 0 ? fmt::format("  {} void", voids_) : "";
  std::string line = fmt::format("[{}] {}/{}  {} left{}  {}", bar, done_, planned_, left(), voids, what_);
  line.resize(std::min(line.size(), columns() - 1));
  const bool yellow = colour_ && voids_ > 0;
  say_without_waiting(fmt::format("\r{}{}{}\033[K", yellow ? "\033[33m" : "", line, yellow ? "\033[0m" : ""));
}

void Progress::next(const std::string& what, std::size_t planned) {
  planned_ = planned;
  what_ = what;
  if (terminal_) draw();
}

void Progress::done(const nlohmann::json& trial, double expected_share) {
  ++done_;
  share_ += expected_share;
  if (trial.at("verdict") == "void") {
    ++voids_;
    if (is_fault(trial)) tell_void(trial);
  }
  const bool last = done_ == planned_;
  if (terminal_ || (!last && Clock::now() - last_line_ < kBetweenLines)) return;
  last_line_ = Clock::now();
  line(fmt::format("{}/{} trials, {} left{}", done_, planned_, left(),
                   voids_ > 0 ? fmt::format(", {} void", voids_) : ""));
}

// A reason is told when it first comes to a model at a load; how often it came again is told at the end.
void Progress::tell_void(const nlohmann::json& trial) {
  const std::string reason = trial.at("reasons").front().get<Reason>().sentence();
  const std::string cell =
      fmt::format("{} at {}", trial.at("model").get<std::string>(), trial.at("point").get<std::string>());
  const auto [repeated, is_new] = repeats_.try_emplace(cell + ": " + without_numbers(reason), 0);
  if (is_new) line(fmt::format("void: {}, round {}: {}", cell, trial.at("round").get<int>(), reason));
  else ++repeated->second;
}

void Progress::line(const std::string& text) const {
  say_without_waiting(fmt::format("{}{}\n", terminal_ ? "\r\033[K" : "", text));
}

}  // namespace interleave
