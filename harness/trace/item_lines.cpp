// Items, from their records and from the calls that were made for them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trace/item_lines.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "harness/text/leading_number.hpp"
#include "harness/trace/call_kinds.hpp"
#include "harness/trace/call_owners.hpp"

namespace interleave {
namespace {

bool has_bytes(const TracedCall& call) {
  const auto count = leading_number<std::int64_t>(call.result);
  return count.error == std::errc() && count.value > 0;
}

constexpr std::int64_t kUnreadNs = 1'000'000;  // what is less is the way from the server to the reader

class Stages {
 public:
  // `sent_ns`: when the server sent its last reply; 0: not known.
  Stages(const ItemLine& item, std::int64_t sent_ns) : at_ns_(item.start_ns), end_ns_(item.end_ns), sent_ns_(sent_ns) {}

  void add(Stage stage, std::int64_t until_ns) {
    until_ns = std::min(until_ns, end_ns_);
    if (until_ns <= at_ns_) return;
    const bool goes_on = !spans_.empty() && spans_.back().stage == stage;
    if (goes_on) spans_.back().to_ns = until_ns;
    else spans_.push_back({.stage = stage, .from_ns = at_ns_, .to_ns = until_ns});
    at_ns_ = until_ns;
  }
  void add_wait_for_reply(std::int64_t until_ns) {
    if (sent_ns_ > 0 && until_ns - sent_ns_ >= kUnreadNs) {
      add(Stage::wait, sent_ns_);
      add(Stage::unread, until_ns);
    }
    add(Stage::wait, until_ns);
  }
  std::vector<StageSpan> take(Stage rest) {
    add(rest, end_ns_);
    return std::move(spans_);
  }

 private:
  std::int64_t at_ns_, end_ns_, sent_ns_;
  std::vector<StageSpan> spans_;
};

// Of an item without a visible reply, and after the last of what is visible.
Stage rest_of(const TracedRun& run, const Record& record, bool has_reply) {
  if (has_reply) return run.computes && record.outcome == interleave::Outcome::ok ? Stage::compute : Stage::read;
  if (run.waits && run.computes) return Stage::mix;
  return run.computes ? Stage::compute : Stage::wait;
}

std::vector<StageSpan> stages_of(const TracedRun& run, const Record& record, const ItemLine& line,
                                 const std::vector<const TracedCall*>& calls) {
  const std::int64_t begun_ns = run.tape.header.run_starts_ns;
  Stages stages(line, record.server_sent_ns == 0 ? 0 : record.server_sent_ns - begun_ns);
  bool asked = false, has_reply = false;
  for (const TracedCall* call : calls) {
    if (call->name == "connect") {
      stages.add(Stage::wait, call->from_ns);
      asked = true;
      has_reply = false;
    } else if (is_request(*call)) {
      stages.add(asked ? Stage::connect : Stage::wait, call->from_ns);
      asked = has_reply = false;
    } else if (is_read(*call) && has_bytes(*call)) {
      if (has_reply) stages.add(Stage::read, call->to_ns);
      else stages.add_wait_for_reply(call->to_ns);
      has_reply = true;
    }
  }
  if (!calls.empty()) return stages.take(has_reply ? rest_of(run, record, true) : Stage::wait);
  if (record.first_byte_ns == 0) return stages.take(rest_of(run, record, false));
  stages.add_wait_for_reply(record.first_byte_ns - begun_ns);
  return stages.take(rest_of(run, record, true));
}

using Connection = std::optional<std::pair<int, int>>;  // a process and a descriptor of it

// An item that does not tell its lane goes to the one that its connection was in before, or else to the first that is
// free: there are no more of them than were under way at once.
class Lanes {
 public:
  std::uint32_t place(const ItemLine& item, const Connection& connection) {
    const auto known = connection ? by_connection_.find(*connection) : by_connection_.end();
    std::size_t lane = known != by_connection_.end() ? known->second : 0;
    if (known == by_connection_.end() || free_from_ns_[lane] > item.start_ns) lane = first_free(item.start_ns);
    free_from_ns_[lane] = item.end_ns;
    if (connection) by_connection_[*connection] = lane;
    return static_cast<std::uint32_t>(lane) + 1;
  }

 private:
  std::size_t first_free(std::int64_t start_ns) {
    const auto is_free = [&](std::int64_t from_ns) { return from_ns <= start_ns; };
    const auto at = std::find_if(free_from_ns_.begin(), free_from_ns_.end(), is_free);
    const auto lane = static_cast<std::size_t>(at - free_from_ns_.begin());
    if (at == free_from_ns_.end()) free_from_ns_.push_back(0);
    return lane;
  }

  std::vector<std::int64_t> free_from_ns_;
  std::map<std::pair<int, int>, std::size_t> by_connection_;
};

Connection connection_of(const TracedCall& call, const std::map<int, int>& processes) {
  const std::optional<int> descriptor = descriptor_of(call);
  return descriptor ? Connection({processes.at(call.thread), *descriptor}) : Connection();
}

void put_lanes(std::vector<ItemLine>& lines, const std::vector<Connection>& connections) {
  std::vector<std::size_t> order(lines.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto starts_earlier = [&](std::size_t a, std::size_t b) { return lines[a].start_ns < lines[b].start_ns; };
  std::stable_sort(order.begin(), order.end(), starts_earlier);
  Lanes lanes;
  for (const std::size_t at : order) {
    const std::uint32_t lane = lanes.place(lines[at], connections[at]);
    if (lines[at].lane == 0) lines[at].lane = lane;
  }
}

}  // namespace

std::vector<ItemLine> item_lines_of(const TracedRun& run, const std::vector<TracedCall>& calls,
                                    const std::vector<std::optional<std::uint32_t>>& owners) {
  const std::map<int, int> processes = processes_of(run.log);
  std::vector<ItemLine> lines;
  std::vector<Connection> connections(run.tape.records.size());
  for (std::uint32_t item = 0; item < run.tape.records.size(); ++item) {
    const Record& record = run.tape.records[item];
    ItemLine line{.item = item, .lane = record.lane, .outcome = std::string(name_of(record.outcome))};
    line.start_ns = record.start_ns - run.tape.header.run_starts_ns;
    line.end_ns = record.end_ns - run.tape.header.run_starts_ns;
    std::vector<const TracedCall*> own;
    for (std::size_t at = 0; at < calls.size(); ++at) {
      if (owners[at] != item) continue;
      own.push_back(&calls[at]);
      if (is_request(calls[at])) connections[item] = connection_of(calls[at], processes);
      const bool is_new = std::find(line.threads.begin(), line.threads.end(), calls[at].thread) == line.threads.end();
      if (is_new) line.threads.push_back(calls[at].thread);
    }
    line.stages = stages_of(run, record, line, own);
    lines.push_back(std::move(line));
  }
  put_lanes(lines, connections);
  return lines;
}

}  // namespace interleave
