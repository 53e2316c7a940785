// Whether client and server can meet on 127.0.0.1.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

namespace interleave {

// Why nothing can listen on and connect to 127.0.0.1, in words; none if it can. A container without a network has no
// such address, or one that is down.
std::optional<std::string> why_no_loopback();

}  // namespace interleave
