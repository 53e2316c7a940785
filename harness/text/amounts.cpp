// Numbers with units.
// SPDX-License-Identifier: Apache-2.0
#include "harness/text/amounts.hpp"

#include <fmt/format.h>

namespace interleave {

std::string duration_text(double ns) {
  if (ns >= 1e9) return fmt::format("{:.3g} s", ns / 1e9);
  if (ns >= 1e6) return fmt::format("{:.3g} ms", ns / 1e6);
  return ns >= 1e3 ? fmt::format("{:.3g} us", ns / 1e3) : fmt::format("{:.3g} ns", ns);
}

std::string size_text(double bytes) {
  constexpr double kKiB = 1024;
  if (bytes >= kKiB * kKiB * kKiB) return fmt::format("{:.3g} GiB", bytes / kKiB / kKiB / kKiB);
  if (bytes >= kKiB * kKiB) return fmt::format("{:.3g} MiB", bytes / kKiB / kKiB);
  return bytes >= kKiB ? fmt::format("{:.3g} KiB", bytes / kKiB) : fmt::format("{:.0f} B", bytes);
}

std::string count_text(double value) {
  if (value >= 999'500) return fmt::format("{:.3g}M", value / 1e6);
  return value >= 9'995 ? fmt::format("{:.3g}k", value / 1e3) : fmt::format("{:.0f}", value);
}

}  // namespace interleave
