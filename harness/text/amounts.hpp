// Amounts as people read them: three digits that matter.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace interleave {

// "1.35 s", "27.4 ms", "8.5 us", "310 ns".
std::string duration_text(double ns);

// "1.5 GiB", "12.3 MiB", "700 KiB", "260 B".
std::string size_text(double bytes);

// "7500", "13k", "1.3M".
std::string count_text(double value);

}  // namespace interleave
