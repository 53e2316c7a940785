// Threads, by what they wait in.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trace/thread_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/trace/call_kinds.hpp"

namespace interleave {
namespace {

void add_state(ThreadLine& line, std::string call, std::int64_t until_ns) {
  const std::int64_t from_ns = line.states.empty() ? line.from_ns : line.states.back().to_ns;
  if (until_ns <= from_ns) return;
  (call.empty() ? line.runs_ns : line.waits_ns) += until_ns - from_ns;
  line.states.push_back({.call = std::move(call), .from_ns = from_ns, .to_ns = until_ns});
}

void add_call(ThreadLine& line, const TracedCall& call, std::optional<std::uint32_t> owner) {
  if (is_loop_turn(call) && call.to_ns < line.to_ns) ++line.turns;
  if (is_wait(call)) {
    add_state(line, "", std::min(call.from_ns, line.to_ns));
    add_state(line, call.name, std::min(call.to_ns, line.to_ns));
  } else {
    line.calls.push_back({.call = call.name, .from_ns = call.from_ns, .to_ns = call.to_ns, .item = owner});
  }
}

std::string name_of(const TracedThread& thread, int program, int number) {
  if (thread.thread == program) return "main";
  return fmt::format("{} {}", thread.thread == thread.process ? "process" : "thread", number);
}

}  // namespace

std::vector<ThreadLine> thread_lines_of(const StraceLog& log, const std::vector<TracedCall>& calls,
                                        const std::vector<std::optional<std::uint32_t>>& owners, std::int64_t begins_ns,
                                        std::int64_t run_ns) {
  std::vector<ThreadLine> lines;
  for (const TracedThread& thread : log.threads) {
    ThreadLine line{.thread = thread.thread, .process = thread.process};
    line.from_ns = std::max<std::int64_t>(0, thread.from_ns - begins_ns);
    line.to_ns = std::min(run_ns, thread.to_ns - begins_ns);
    if (line.from_ns >= line.to_ns) continue;
    line.name = name_of(thread, log.threads.front().thread, static_cast<int>(lines.size()) + 1);
    for (std::size_t at = 0; at < calls.size(); ++at) {
      if (calls[at].thread == thread.thread) add_call(line, calls[at], owners[at]);
    }
    add_state(line, "", line.to_ns);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace interleave
