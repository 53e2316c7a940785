// The picture that a terminal can show.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/text/amounts.hpp"
#include "harness/text/joined.hpp"
#include "harness/trace/trace.hpp"
#include "harness/verdict/wrapped.hpp"

namespace interleave {
namespace {

constexpr int kLabel = 12;     // columns of a row's name
constexpr int kChart = 64;     // columns of time
constexpr int kTick = 16;      // columns from tick to tick
constexpr int kMostRows = 16;  // threads that are shown, a model

constexpr const char* kLegend =
    "lanes:   3... item 3, begun where its number stands: c connects, . waits,\n"
    "         ! its reply lies unread, r reads, # computes, = waits or computes\n"
    "threads: - waits (for events, a lock, a reply), # runs, + has run in between\n";

char mark_of(Stage stage) { return "c.!r#="[static_cast<std::size_t>(stage)]; }

constexpr std::int64_t kRound[] = {4, 6, 8, 12, 16, 20, 24, 32, 40};

// The time that four ticks take, in round figures.
std::int64_t axis_ns(const Trace& trace) {
  std::int64_t longest_ns = 1'000;
  for (const TracedModel& model : trace.models) longest_ns = std::max(longest_ns, model.timeline.run_ns);
  for (std::int64_t unit = 100;; unit *= 10) {
    for (const std::int64_t round : kRound) {
      if (round * unit >= longest_ns) return round * unit;
    }
  }
}

class Scale {
 public:
  explicit Scale(std::int64_t axis_ns) : axis_ns_(axis_ns) {}
  int column(std::int64_t ns) const {
    return static_cast<int>(std::clamp<std::int64_t>(ns * kChart / axis_ns_, 0, kChart - 1));
  }
  std::int64_t from_ns(int column) const { return axis_ns_ * column / kChart; }
  std::string axis() const {
    std::string line = fmt::format("{:<{}}", "ms", kLabel);
    for (int column = 0; column < kChart; column += kTick)
      line += fmt::format("{:<{}}", fmt::format("{:g}", static_cast<double>(from_ns(column)) / 1e6), kTick);
    return line.substr(0, line.find_last_not_of(' ') + 1);
  }

 private:
  std::int64_t axis_ns_;
};

std::int64_t overlap_ns(std::int64_t a_from, std::int64_t a_to, std::int64_t b_from, std::int64_t b_to) {
  return std::max<std::int64_t>(0, std::min(a_to, b_to) - std::max(a_from, b_from));
}

// The stage that has the most of each column; one too short for that has the column it begins in, so that it is seen.
void put_item(std::string& row, const ItemLine& item, const Scale& scale) {
  const int first = scale.column(item.start_ns), last = scale.column(item.end_ns - 1);
  std::set<Stage> shown;
  for (int column = first; column <= last; ++column) {
    const StageSpan* most = nullptr;
    std::int64_t most_ns = 0;
    for (const StageSpan& span : item.stages) {
      const std::int64_t here = overlap_ns(span.from_ns, span.to_ns, scale.from_ns(column), scale.from_ns(column + 1));
      if (here > most_ns) most = &span;
      most_ns = std::max(most_ns, here);
    }
    if (most == nullptr) continue;
    row[static_cast<std::size_t>(column)] = mark_of(most->stage);
    if (column > first) shown.insert(most->stage);
  }
  for (const StageSpan& span : item.stages) {
    const int column = scale.column(span.from_ns);
    if (shown.count(span.stage) == 0 && column > first) row[static_cast<std::size_t>(column)] = mark_of(span.stage);
  }
  const std::string number = std::to_string(item.item);
  auto column = static_cast<std::size_t>(first);
  for (const char digit : number.substr(0, static_cast<std::size_t>(last - first) + 1)) row[column++] = digit;
}

std::string labelled(const std::string& label, const std::string& row) {
  const std::string line = fmt::format("{:<{}.{}} {}", label, kLabel - 1, kLabel - 1, row);
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

std::string lanes_of(const Timeline& timeline, const Scale& scale) {
  std::map<std::uint32_t, std::string> rows;
  for (const ItemLine& item : timeline.items)
    put_item(rows.try_emplace(item.lane, kChart, ' ').first->second, item, scale);
  std::string lines;
  for (const auto& [lane, row] : rows) lines += labelled(fmt::format("lane {}", lane), row);
  return lines;
}

std::string row_of(const ThreadLine& thread, const Scale& scale) {
  std::string row(kChart, ' ');
  for (int column = 0; column < kChart; ++column) {
    const std::int64_t from = scale.from_ns(column), to = scale.from_ns(column + 1);
    std::int64_t runs_ns = 0, waits_ns = 0;
    for (const StateSpan& state : thread.states)
      (state.waits() ? waits_ns : runs_ns) += overlap_ns(state.from_ns, state.to_ns, from, to);
    if (runs_ns + waits_ns == 0) continue;
    row[static_cast<std::size_t>(column)] = runs_ns == 0 ? '-' : runs_ns >= waits_ns ? '#' : '+';
  }
  return row;
}

std::string threads_of(const Timeline& timeline, const Scale& scale) {
  std::string lines;
  const std::size_t shown = std::min<std::size_t>(timeline.threads.size(), kMostRows);
  for (std::size_t at = 0; at < shown; ++at)
    lines += labelled(timeline.threads[at].name, row_of(timeline.threads[at], scale));
  if (shown < timeline.threads.size())
    lines += labelled("", fmt::format("and {} more, which --json has", timeline.threads.size() - shown));
  return lines;
}

std::string percent(std::int64_t part_ns, std::int64_t whole_ns) {
  return fmt::format("{:.0f} %",
                     whole_ns == 0 ? 0.0 : 100 * static_cast<double>(part_ns) / static_cast<double>(whole_ns));
}

// How all of it adds up.
std::string sums_of(const TracedModel& model) {
  const Timeline& timeline = model.timeline;
  std::int64_t runs_ns = 0, waits_ns = 0;
  std::uint64_t turns = 0;
  std::set<int> processes;
  for (const ThreadLine& thread : timeline.threads) {
    runs_ns += thread.runs_ns;
    waits_ns += thread.waits_ns;
    turns += thread.turns;
    processes.insert(thread.process);
  }
  const auto several = [](std::size_t count, const std::string& one, const std::string& more) {
    return fmt::format("{} {}", count, count == 1 ? one : more);
  };
  std::string text =
      fmt::format("{} in {}, running {} of the time; ", several(timeline.threads.size(), "thread", "threads"),
                  several(processes.size(), "process", "processes"), percent(runs_ns, runs_ns + waits_ns));
  if (turns > 0) text += several(turns, "turn of a loop", "turns of loops") + "; ";
  text += several(timeline.calls, "system call", "system calls");
  return timeline.joined == 0 ? text : text + fmt::format(", {} of them known to be for an item", timeline.joined);
}

std::string text_of(const TracedModel& model, const Scale& scale) {
  if (!model.skipped.empty()) return wrapped("", fmt::format("{}: skipped, {}", model.name, model.skipped), 2);
  std::string text =
      wrapped("",
              fmt::format("{} ({}), {} in flight: {} items in {}", model.name, model.family, model.in_flight,
                          model.timeline.items.size(), duration_text(static_cast<double>(model.timeline.run_ns))),
              2);
  text += scale.axis() + "\n" + lanes_of(model.timeline, scale) + threads_of(model.timeline, scale);
  const std::string start(kLabel, ' ');
  text += wrapped(start, sums_of(model), kLabel);
  for (const std::string& note : notes_of(model)) text += wrapped(start, note, kLabel);
  return text;
}

}  // namespace

std::string trace_text_of(const Trace& trace) {
  const Scale scale(axis_ns(trace));
  std::string text;
  std::int64_t error_ns = 0, call_ns = 0;
  bool any = false;
  for (const TracedModel& model : trace.models) {
    text += text_of(model, scale) + "\n";
    any = any || model.skipped.empty();
    error_ns = std::max(error_ns, model.clock.error_ns);
    call_ns = std::max(call_ns, model.timeline.call_ns);
  }
  if (!any) return text;
  return text + kLegend +
         wrapped("",
                 fmt::format(
                     "Traced: a system call takes its thread some {} here, which is more than it is without strace. "
                     "The clocks of calls and records are joined to {} or better.",
                     duration_text(static_cast<double>(call_ns)), duration_text(static_cast<double>(error_ns))),
                 0);
}

}  // namespace interleave
