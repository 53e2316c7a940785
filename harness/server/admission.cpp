// Token buckets and counts.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/admission.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "harness/numbers/mix.hpp"

namespace interleave {

std::uint64_t Admission::key_of(std::string_view path) noexcept {
  return mix64(std::hash<std::string_view>()(path)) | 1;
}

double Admission::Gate::tokens_at(std::int64_t now) const noexcept {
  const double seconds = static_cast<double>(std::max<std::int64_t>(0, now - filled_ns)) / 1e9;
  return std::min(static_cast<double>(burst), tokens + seconds * per_second);
}

// A full bucket with nobody under way is as good as none.
void Admission::forget_idle(std::int64_t now) {
  std::erase_if(gates_, [now](const auto& each) {
    return each.second.under_way == 0 && each.second.tokens_at(now) >= static_cast<double>(each.second.burst);
  });
}

Admitted Admission::ask(std::uint64_t path, const AdmissionRule& rule, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  if (gates_.size() >= kMostPaths && !gates_.contains(path)) forget_idle(now);
  if (gates_.size() >= kMostPaths && !gates_.contains(path)) return {Admitted::Verdict::too_many_paths, 0};
  Gate& gate = gates_[path];
  if (rule.shed_above != 0 && gate.under_way >= rule.shed_above) return {Admitted::Verdict::over_load, 1};
  if (rule.per_second > 0) {
    if (gate.per_second != rule.per_second || gate.burst != rule.burst) {
      gate = {.per_second = rule.per_second,
              .tokens = static_cast<double>(rule.burst),
              .burst = rule.burst,
              .under_way = gate.under_way,
              .filled_ns = now};
    }
    gate.tokens = gate.tokens_at(now);
    gate.filled_ns = std::max(gate.filled_ns, now);
    if (gate.tokens < 1)
      return {Admitted::Verdict::over_rate, static_cast<std::uint32_t>(std::ceil((1 - gate.tokens) / rule.per_second))};
    gate.tokens -= 1;
  }
  if (rule.shed_above != 0) ++gate.under_way;
  return {};
}

void Admission::left(std::uint64_t path) {
  const std::lock_guard lock(mutex_);
  if (const auto gate = gates_.find(path); gate != gates_.end() && gate->second.under_way > 0) --gate->second.under_way;
}

}  // namespace interleave
