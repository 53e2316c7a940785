// Joining the two sources.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trace/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "harness/trace/call_owners.hpp"
#include "harness/trace/item_lines.hpp"
#include "harness/trace/thread_lines.hpp"

namespace interleave {
namespace {

constexpr std::string_view kStageNames[] = {"connects", "waits", "unread", "reads", "computes", "mixes"};

// What the trace and the records must agree on, whatever the clocks: the worker hears "go" before it notes the run's
// start, and its last record is written before it says "over".
void require_agreement(const Markers& markers, const TracedRun& run, std::int64_t last_end_ns) {
  const std::int64_t begun_ns = run.tape.header.run_starts_ns, error_ns = run.clock.error_ns;
  const auto us = [](std::int64_t ns) { return static_cast<double>(ns) / 1e3; };
  if (markers.heard_go_ns) {
    const std::int64_t late_ns = run.clock.monotonic(*markers.heard_go_ns) - begun_ns;
    if (late_ns > error_ns)
      throw std::invalid_argument(
          fmt::format("the clocks do not agree: \"go\" was heard {:.1f} us after the run began", us(late_ns)));
  }
  if (markers.says_over_ns) {
    const std::int64_t early_ns = last_end_ns - run.clock.monotonic(*markers.says_over_ns);
    if (early_ns > error_ns)
      throw std::invalid_argument(
          fmt::format("the clocks do not agree: \"over\" was said {:.1f} us before the last item was", us(early_ns)));
  }
}

std::int64_t time_of_a_call(const StraceLog& log, std::int64_t until_ns) {
  std::map<int, std::int64_t> last_from_ns;
  std::vector<std::int64_t> distances_ns;
  for (const TracedCall& call : log.calls) {
    if (call.from_ns >= until_ns) break;
    const auto last = last_from_ns.find(call.thread);
    if (last != last_from_ns.end()) distances_ns.push_back(call.from_ns - last->second);
    last_from_ns[call.thread] = call.from_ns;
  }
  if (distances_ns.empty()) return 0;
  const auto middle = distances_ns.begin() + static_cast<std::ptrdiff_t>(distances_ns.size() / 2);
  std::nth_element(distances_ns.begin(), middle, distances_ns.end());
  return *middle;
}

std::int64_t last_end_of(const TapeCopy& tape) {
  std::int64_t last_ns = 0;
  for (const Record& record : tape.records) last_ns = std::max(last_ns, record.end_ns);
  return last_ns;
}

}  // namespace

std::string_view name_of(Stage stage) noexcept { return kStageNames[static_cast<std::size_t>(stage)]; }

Timeline timeline_of(const TracedRun& run) {
  const std::int64_t begun_ns = run.tape.header.run_starts_ns, last_end_ns = last_end_of(run.tape);
  const Markers markers = markers_of(run.log);
  require_agreement(markers, run, last_end_ns);
  Timeline timeline{.run_ns = last_end_ns - begun_ns};
  const std::int64_t begins_ns = begun_ns + run.clock.offset_ns;  // by strace's clock
  timeline.call_ns = time_of_a_call(run.log, begins_ns);

  const std::vector<std::optional<std::uint32_t>> owner_of = owners_of(run.log, run.inputs);
  std::vector<TracedCall> calls;
  std::vector<std::optional<std::uint32_t>> owners;
  for (std::size_t at = 0; at < run.log.calls.size(); ++at) {
    TracedCall call = run.log.calls[at];
    call.from_ns -= begins_ns;
    call.to_ns -= begins_ns;
    if (call.to_ns <= 0 || call.from_ns >= timeline.run_ns) continue;
    timeline.joined += owner_of[at].has_value() ? 1 : 0;
    timeline.has_ring = timeline.has_ring || call.name == "io_uring_enter";
    calls.push_back(std::move(call));
    owners.push_back(owner_of[at]);
  }
  timeline.calls = calls.size();
  timeline.items = item_lines_of(run, calls, owners);
  timeline.threads = thread_lines_of(run.log, calls, owners, begins_ns, timeline.run_ns);
  return timeline;
}

}  // namespace interleave
