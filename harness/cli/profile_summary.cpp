// Words for delays, sizes, rates and faults.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/profile_summary.hpp"

#include <fmt/format.h>

namespace interleave {
namespace {

std::string delay_text(const Delay& delay) {
  const auto ms = [](std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1e3; };
  const double low = ms(delay.low), high = ms(delay.high);
  switch (delay.kind) {
    case DelayKind::none: return "no delay";
    case DelayKind::fixed: return fmt::format("{:g} ms", low);
    case DelayKind::uniform: return fmt::format("{:g} to {:g} ms", low, high);
    case DelayKind::lognormal:
      return fmt::format("lognormal, median {:g} ms, sigma {:g}, at most {:g} ms", low, delay.sigma, high);
    case DelayKind::bimodal: return fmt::format("{:g} ms, a share of {:g} takes {:g} ms", low, delay.shape, high);
    case DelayKind::pareto:
      return fmt::format("pareto, at least {:g} ms, alpha {:g}, at most {:g} ms", low, delay.shape, high);
    case DelayKind::trace: return "delays of a trace";
  }
  return {};
}

std::string faults_text(const Profile& profile) {
  double statuses = 0, broken = 0;  // percent
  for (const FaultShare& share : profile.faults)
    (share.fault == Fault::status ? statuses : broken) += share.parts_per_million / 1e4;
  if (statuses == 0 && broken == 0) return "no faults";
  return fmt::format("{:g} % other statuses, {:g} % other faults", statuses, broken);
}

}  // namespace

std::string summary_of(const Profile& profile) {
  std::string text =
      fmt::format("{}; {} to {} bytes", delay_text(profile.delay), profile.bytes_low, profile.bytes_high);
  if (profile.rate_high != 0) text += fmt::format(" at {} to {} bytes/s", profile.rate_low, profile.rate_high);
  text += "; " + faults_text(profile);
  return profile.retry_after_s == 0 ? text : text + fmt::format(", Retry-After {} s", profile.retry_after_s);
}

}  // namespace interleave
