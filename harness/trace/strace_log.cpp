// Lines of strace: `PID TIME call(arguments) = result <duration>`, in halves where another thread's came between.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trace/strace_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>

#include "harness/text/leading_number.hpp"

namespace interleave {
namespace {

constexpr std::string_view kUnfinished = " <unfinished ...>", kDetached = " <detached ...>";

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

struct Time {
  std::int64_t ns = 0;
  std::string_view rest;
};

constexpr std::int64_t kMostSeconds = 4'000'000'000;  // in the year 2096; twice that is still a number of nanoseconds

// 1700000000.123456789, with as many decimals as there are.
std::optional<Time> leading_time(std::string_view text) {
  const auto seconds = leading_number<std::int64_t>(text);
  if (seconds.error != std::errc() || seconds.rest.empty() || seconds.rest.front() != '.') return std::nullopt;
  if (seconds.value < 0 || seconds.value > kMostSeconds) return std::nullopt;
  std::string_view rest = seconds.rest.substr(1);
  std::int64_t fraction = 0, unit = 1'000'000'000;
  while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
    if (unit > 1) fraction += (unit /= 10) * (rest.front() - '0');
    rest.remove_prefix(1);
  }
  return Time{.ns = seconds.value * 1'000'000'000 + fraction, .rest = rest};
}

// Where the parenthesis that opens at `at` closes; strings may have any in them. npos: it does not.
std::size_t closing(std::string_view text, std::size_t at) {
  int depth = 0;
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '\\') ++at;
    else if (c == '"') quoted = !quoted;
    else if (!quoted && c == '(') ++depth;
    else if (!quoted && c == ')' && --depth == 0) return at;
  }
  return std::string_view::npos;
}

struct Ending {
  std::string_view result;
  std::optional<std::int64_t> duration_ns;
};

// What stands behind the arguments: ` = 12 <0.000034000>`.
Ending ending_in(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {};
  text = without_blanks(text.substr(equals + 1));
  const std::size_t opens = text.rfind('<');
  if (opens == std::string_view::npos || text.back() != '>') return {.result = text, .duration_ns = {}};
  const std::optional<Time> duration = leading_time(text.substr(opens + 1));
  if (!duration || duration->rest != ">") return {.result = text, .duration_ns = {}};
  return {.result = without_blanks(text.substr(0, opens)), .duration_ns = duration->ns};
}

class Reader {
 public:
  StraceLog read(std::string_view text) {
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      ++line_;
      take(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    for (auto& [thread, begun] : begun_) add({.thread = thread, .from_ns = begun.from_ns}, begun.text, {});
    const auto earlier = [](const TracedCall& a, const TracedCall& b) { return a.from_ns < b.from_ns; };
    std::stable_sort(log_.calls.begin(), log_.calls.end(), earlier);
    for (TracedThread& each : log_.threads) each.process = process_of(each.thread);
    return std::move(log_);
  }

 private:
  struct Begun {
    std::int64_t from_ns = 0;
    std::string text;
  };
  struct Birth {
    int parent = 0;
    bool shares_process = false;
  };

  [[noreturn]] void refuse() const {
    throw std::invalid_argument(fmt::format("line {} of the trace is none of strace's", line_));
  }

  void take(std::string_view line) {
    const auto thread = leading_number<int>(line);
    const std::optional<Time> time = leading_time(without_blanks(thread.rest));
    if (thread.error != std::errc() || !time || time->rest.empty() || time->rest.front() != ' ') refuse();
    see(thread.value, time->ns);
    const std::string_view rest = without_blanks(time->rest);
    if (rest.starts_with("--- ") || rest.starts_with("+++ ")) return;  // a signal; an end, which the time has told
    if (rest.starts_with("<... ")) resume(thread.value, time->ns, rest);
    else begin(thread.value, time->ns, rest);
  }

  void begin(int thread, std::int64_t at_ns, std::string_view text) {
    for (const std::string_view mark : {kUnfinished, kDetached}) {
      if (!text.ends_with(mark)) continue;
      begun_[thread] = {.from_ns = at_ns, .text = std::string(text.substr(0, text.size() - mark.size()))};
      return;
    }
    add({.thread = thread, .from_ns = at_ns}, text, at_ns);
  }

  // `<... read resumed>"go\n", 64) = 3 <0.001>`: the rest of what was begun. Of a call that was begun before strace
  // came there is nothing to resume.
  void resume(int thread, std::int64_t at_ns, std::string_view text) {
    const std::size_t mark = text.find(" resumed>");
    if (mark == std::string_view::npos) refuse();
    const auto begun = begun_.find(thread);
    if (begun == begun_.end()) return;
    const std::string whole = begun->second.text + std::string(text.substr(mark + 9));
    add({.thread = thread, .from_ns = begun->second.from_ns}, whole, at_ns);
    begun_.erase(begun);
  }

  // `seen_ns`: of the line that has the end, good enough where strace says no duration; none: it has no end.
  void add(TracedCall call, std::string_view text, std::optional<std::int64_t> seen_ns) {
    const std::size_t opens = text.find('(');
    if (opens == std::string_view::npos || opens == 0) refuse();
    const std::size_t closes = closing(text, opens);
    const bool whole = closes != std::string_view::npos;
    const Ending ending = whole ? ending_in(text.substr(closes + 1)) : Ending{};
    call.name = text.substr(0, opens);
    call.arguments = text.substr(opens + 1, whole ? closes - opens - 1 : std::string_view::npos);
    call.result = ending.result;
    if (ending.duration_ns) call.to_ns = call.from_ns + *ending.duration_ns;
    else call.to_ns = std::max(call.from_ns, seen_ns.value_or(log_.threads[at_.at(call.thread)].to_ns));
    see(call.thread, call.to_ns);
    note_birth(call);
    log_.calls.push_back(std::move(call));
  }

  void see(int thread, std::int64_t at_ns) {
    const auto [known, is_new] = at_.try_emplace(thread, log_.threads.size());
    if (is_new) log_.threads.push_back({.thread = thread, .process = thread, .from_ns = at_ns, .to_ns = at_ns});
    TracedThread& seen = log_.threads[known->second];
    seen.to_ns = std::max(seen.to_ns, at_ns);
  }

  void note_birth(const TracedCall& call) {
    if (call.name != "clone" && call.name != "clone3" && call.name != "fork" && call.name != "vfork") return;
    const auto child = leading_number<int>(call.result);
    if (child.error != std::errc() || child.value <= 0) return;
    const bool shares = call.arguments.find("CLONE_THREAD") != std::string::npos;
    births_[child.value] = {.parent = call.thread, .shares_process = shares};
  }

  int process_of(int thread) const {
    for (std::size_t steps = 0; steps <= births_.size(); ++steps) {  // a number that is used again may make a circle
      const auto birth = births_.find(thread);
      if (birth == births_.end() || !birth->second.shares_process) break;
      thread = birth->second.parent;
    }
    return thread;
  }

  std::size_t line_ = 0;
  StraceLog log_;
  std::map<int, std::size_t> at_;  // places in log_.threads
  std::map<int, Begun> begun_;
  std::map<int, Birth> births_;
};

}  // namespace

StraceLog read_strace_log(std::string_view text) { return Reader().read(text); }

}  // namespace interleave
