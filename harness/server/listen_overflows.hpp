// The kernel's count of connections it dropped because an accept queue was full.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace interleave {

// TcpExt.ListenOverflows of /proc/net/netstat, since boot and of the whole host; 0 where it cannot be read.
std::uint64_t listen_overflows();

}  // namespace interleave
