// The command line of `interleave serve`.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace interleave {

struct ServeOptions {
  std::string profile = "local";
  std::uint64_t seed = 1;
  std::uint64_t items = 10'000;
  double time_scale = 1.0;
  unsigned shards = 1;
  std::uint16_t port = 0;
  std::uint16_t control_port = 0;
  std::string control_socket;  // a path instead of the control port; empty: none
  std::string delay_trace;     // a file; empty: none
  bool classic = false;
  std::uint16_t local_port = 8000;
  std::uint16_t delay_port = 8001;
  std::uint16_t error_port = 8002;
  bool fault_ports = false;
  std::string late_accept = "500ms";
  bool names = false;
  std::uint16_t name_port = 0;
  int ready_fd = -1;
  bool with_parent = false;
  bool listen_anywhere = false;
};

// Empty where the program is to end at once with `status`: after --help, or after a usage error that is told on stderr.
std::optional<ServeOptions> parse_serve_options(int argc, char** argv, int& status);

}  // namespace interleave
