// Judging a tape.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace interleave {
namespace {

std::int64_t nearest_rank(const std::vector<std::int64_t>& sorted, double q) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

Quantiles quantiles_of(std::vector<std::int64_t> values) {
  std::sort(values.begin(), values.end());
  return {nearest_rank(values, 0.5), nearest_rank(values, 0.9), nearest_rank(values, 0.99), nearest_rank(values, 0.999),
          values.empty() ? 0 : values.back()};
}

}  // namespace

Judgement judge(const Tape& tape, const std::function<Expected(std::uint32_t)>& expected) {
  Judgement judgement;
  const auto note = [&](std::size_t item, const std::string& what) {
    if (judgement.first_fault.empty()) judgement.first_fault = fmt::format("item {}: {}", item, what);
  };
  std::optional<std::size_t> other_content;
  for (std::size_t item = 0; item < tape.records().size(); ++item) {
    const Record& record = tape.records()[item];
    const Expected want = expected(static_cast<std::uint32_t>(item));
    judgement.expected_digest += want.digest;
    judgement.digest += tape.digests()[item];
    if (tape.digests()[item] != want.digest && !other_content) other_content = item;
    if (record.finishes == 0) {
      ++judgement.missing;
      note(item, "no outcome");
      continue;
    }
    ++judgement.outcomes[static_cast<std::size_t>(record.outcome)];
    if (record.finishes > 1) {
      ++judgement.doubled;
      note(item, fmt::format("finished {} times", record.finishes));
    } else if (record.outcome != want.outcome) {
      ++judgement.wrong;
      note(item, fmt::format("expected {}, came to {}", name_of(want.outcome), name_of(record.outcome)));
    }
  }
  if (judgement.first_fault.empty() && judgement.digest != judgement.expected_digest) {
    note(*other_content, "the digest of its content is not the oracle's");
  }
  return judgement;
}

Times times_of(const Tape& tape, std::chrono::nanoseconds makespan) {
  std::vector<std::int64_t> service, first_byte, lag, ends;
  double span = 0;
  for (const Record& record : tape.records()) {
    if (record.finishes == 0) continue;
    service.push_back(record.end_ns - record.start_ns);
    ends.push_back(record.end_ns - tape.started_ns());
    if (record.first_byte_ns != 0) first_byte.push_back(record.first_byte_ns - record.start_ns);
    if (record.wake_up_lag_ns != 0) lag.push_back(record.wake_up_lag_ns);
    span += static_cast<double>(service.back());
  }
  Times times;
  times.service = quantiles_of(std::move(service));
  times.first_byte = quantiles_of(std::move(first_byte));
  times.wake_up_lag = quantiles_of(std::move(lag));
  if (makespan.count() > 0) times.mean_in_flight = span / static_cast<double>(makespan.count());
  std::sort(ends.begin(), ends.end());
  if (!ends.empty()) {
    times.first_end_ns = ends.front();
    times.median_end_ns = ends[ends.size() / 2];
    times.last_end_ns = ends.back();
  }
  return times;
}

}  // namespace interleave
