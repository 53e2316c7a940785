// Non-blocking sockets to 127.0.0.1, as a client uses them that knows how to be rude.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

namespace interleave::soak {

// Begins to connect, from one of several loopback addresses so that ports do not run out. `narrow`: takes few bytes
// before it is read. Throws std::system_error. The descriptor becomes writable once the connection stands.
int connecting(std::uint16_t port, std::uint32_t number, bool narrow);

// Hands all of `bytes` to the kernel at once, which a connection with nothing under way has room for; throws
// std::system_error if it is refused. `more`: together with what follows, be it the FIN.
void send_whole(int fd, std::string_view bytes, bool more = false);

// As much of `bytes` as there is room for, and no complaint.
void send_some(int fd, std::string_view bytes) noexcept;

void close_with_reset(int fd) noexcept;

}  // namespace interleave::soak
