// What went wrong, without the place in a library's source where it was noticed.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace interleave {

// Boost ends its messages with " [system:99 at /usr/include/... in function ...]", which helps nobody who runs a
// program.
inline std::string plain_error(const std::string& what) {
  const std::size_t begins = what.rfind(" [");
  const bool located =
      begins != std::string::npos && what.back() == ']' && what.find(':', begins) != std::string::npos && begins > 0;
  return located ? what.substr(0, begins) : what;
}

}  // namespace interleave
