// Reading the file of delays.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/delay_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

#include "harness/server/explicit_fate.hpp"

namespace interleave {

Delay traced_delay(const std::string& path, double time_scale) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("--delay-trace: cannot read " + path);
  Delay delay;
  delay.kind = DelayKind::trace;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    const auto asked = static_cast<double>(duration_of(fmt::format("{} line {}", path, number), line).count());
    delay.trace.emplace_back(std::llround(asked * time_scale / 1000));
  }
  if (delay.trace.empty()) throw std::invalid_argument("--delay-trace: no delay in " + path);
  if (*std::max_element(delay.trace.begin(), delay.trace.end()) > kMostDelay) {
    throw std::invalid_argument("--delay-trace: a delay above 300 s: use a smaller --time-scale");
  }
  std::sort(delay.trace.begin(), delay.trace.end());
  return delay;
}

}  // namespace interleave
