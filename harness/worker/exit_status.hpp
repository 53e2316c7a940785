// What a worker's exit status says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace interleave {

inline constexpr int kFine = 0;
inline constexpr int kWrong = 1;   // a wrong outcome, found by hand
inline constexpr int kUsage = 2;   // usage or set-up
inline constexpr int kLimit = 77;  // a limit of the machine or of the model; the reason is the one line on stderr

}  // namespace interleave
