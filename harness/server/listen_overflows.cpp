// Reads /proc/net/netstat: a line of names, then a line of values.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/listen_overflows.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace interleave {

std::uint64_t listen_overflows() {
  std::ifstream file("/proc/net/netstat");
  std::string names;
  std::string values;
  while (std::getline(file, names) && std::getline(file, values)) {
    std::istringstream name_stream(names);
    std::istringstream value_stream(values);
    std::string name;
    std::string value;
    while (name_stream >> name && value_stream >> value) {
      if (name == "ListenOverflows") return std::stoull(value);
    }
  }
  return 0;
}

}  // namespace interleave
