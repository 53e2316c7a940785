// What every TCP socket of ours is set to, the server's and the models' alike.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <string_view>

namespace interleave {

// No delay of small segments; and Reno, which is always there, whatever the machine's default: BBR paces what it sends,
// so that a reply's delay would no longer be the server's alone. A listener hands both on to what it accepts. Either
// may fail without harm.
inline void set_stream_options(int fd) noexcept {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  constexpr std::string_view kReno = "reno";
  setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, kReno.data(), kReno.size());
}

}  // namespace interleave
