// Where a connection goes and where it comes from, as text.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace interleave {

// "127.0.0.1", also where an IPv4 client came through an IPv6 socket; empty where `socket` is not connected.
std::string peer_address(int socket);
// "127.0.0.1:8080", "[::1]:8080".
std::string local_authority(int socket);

}  // namespace interleave
