// Judging a queue.
// SPDX-License-Identifier: Apache-2.0
#include "harness/judge/queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "harness/judge/item_fault.hpp"

namespace interleave {
namespace {

class Passing {
 public:
  Passing(std::span<const Record> records, const Handover& handover, std::int64_t run_starts_ns)
      : records_(records), handover_(handover), asked_ns_(records.size(), run_starts_ns) {}

  Passage judge() {
    if (const std::string fault = fault_of_stamps(); !fault.empty()) {
      tell(fault);
      return std::move(passage_);
    }
    one_at_a_time();
    first_in_first_out();
    bound();
    times();
    return std::move(passage_);
  }

 private:
  void tell(std::string text) { passage_.reasons.push_back({check::kQueue, std::move(text)}); }

  std::string fault_of_stamps() const {
    for (std::size_t item = 0; item < records_.size(); ++item) {
      const Record& record = records_[item];
      if (record.lane == 0 || record.lane > handover_.consumers) {
        return fmt::format("item {}: taken by consumer {} of {}", item, record.lane, handover_.consumers);
      }
      if (record.server_sent_ns < record.start_ns || record.first_byte_ns < record.start_ns ||
          record.end_ns < record.first_byte_ns) {
        return fmt::format("item {}: taken before it was ready, or consumed before it was taken", item);
      }
    }
    return {};
  }

  // Leaves behind when each item was asked for, at the latest: when its consumer was done with the one before.
  void one_at_a_time() {
    std::vector<std::uint32_t> by_taking(records_.size());
    for (std::uint32_t item = 0; item < by_taking.size(); ++item) by_taking[item] = item;
    std::sort(by_taking.begin(), by_taking.end(),
              [&](std::uint32_t a, std::uint32_t b) { return records_[a].first_byte_ns < records_[b].first_byte_ns; });
    std::vector<std::int64_t> free_at(handover_.consumers + 1, asked_ns_.empty() ? 0 : asked_ns_.front());
    ItemFault twice(check::kQueue);
    for (const std::uint32_t item : by_taking) {
      const Record& record = records_[item];
      std::int64_t& free_ns = free_at[record.lane];
      if (record.first_byte_ns < free_ns)
        twice.note(item, [&] { return fmt::format("taken by consumer {}, which had another", record.lane); });
      asked_ns_[item] = free_ns;
      free_ns = std::max(free_ns, record.end_ns);
    }
    twice.tell(passage_.reasons);
  }

  void first_in_first_out() {
    std::vector<std::pair<std::int64_t, std::int64_t>> later;  // when it was ready; the first taking from it on
    later.reserve(records_.size());
    for (const Record& record : records_) later.emplace_back(record.start_ns, record.first_byte_ns);
    std::sort(later.begin(), later.end());
    for (std::size_t i = later.size(); i-- > 1;) later[i - 1].second = std::min(later[i - 1].second, later[i].second);
    ItemFault overtaken(check::kQueue);
    for (std::size_t item = 0; item < records_.size(); ++item) {
      const auto behind =
          std::upper_bound(later.begin(), later.end(), std::pair{records_[item].server_sent_ns, INT64_MAX});
      if (behind == later.end() || behind->second >= asked_ns_[item]) continue;
      overtaken.note(item, [] { return "one that came behind it was taken before it"; });
    }
    overtaken.tell(passage_.reasons);
  }

  void bound() {
    std::vector<std::pair<std::int64_t, int>> changes;
    for (std::size_t item = 0; item < records_.size(); ++item) {
      const std::int64_t in = records_[item].server_sent_ns,
                         out = std::min(asked_ns_[item], records_[item].first_byte_ns);
      if (in >= out) continue;
      changes.emplace_back(in, 1);
      changes.emplace_back(out, -1);
    }
    std::sort(changes.begin(), changes.end());  // at the same time out before in
    int there = 0, most = 0;
    for (const auto& [at, change] : changes) most = std::max(most, there += change);
    passage_.most_at_once = static_cast<std::uint32_t>(most);
    if (passage_.most_at_once <= handover_.capacity) return;
    tell(fmt::format("{} items were in the queue at once, which holds {}", most, handover_.capacity));
  }

  void times() {
    std::vector<std::int64_t> queued;
    queued.reserve(records_.size());
    for (std::size_t item = 0; item < records_.size(); ++item) {
      const Record& record = records_[item];
      queued.push_back(std::max<std::int64_t>(0, record.first_byte_ns - record.server_sent_ns));
      const std::int64_t met = std::max(record.server_sent_ns, asked_ns_[item]);
      passage_.handed_late.push_back(std::max<std::int64_t>(0, record.first_byte_ns - met));
      if (record.status == 0) continue;
      ++passage_.blocked;
      passage_.blocked_ns += record.server_sent_ns - record.start_ns;
    }
    passage_.queued = quantiles_of(queued);
  }

  std::span<const Record> records_;
  Handover handover_;
  Passage passage_;
  std::vector<std::int64_t> asked_ns_;
};

}  // namespace

Passage passage_of(std::span<const Record> records, const Handover& handover, std::int64_t run_starts_ns) {
  return Passing(records, handover, run_starts_ns).judge();
}

}  // namespace interleave
