// getpeername and getsockname.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/addresses.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>

namespace interleave {
namespace {

using Endpoint = boost::asio::ip::tcp::endpoint;

Endpoint plain(Endpoint endpoint) {
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    endpoint.address(boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()));
  }
  return endpoint;
}

template <class Ask>
bool asked(Ask ask, int socket, Endpoint& endpoint) {
  auto size = static_cast<socklen_t>(endpoint.capacity());
  return ask(socket, endpoint.data(), &size) == 0;
}

}  // namespace

std::string peer_address(int socket) {
  Endpoint endpoint;
  return asked(::getpeername, socket, endpoint) ? plain(endpoint).address().to_string() : "";
}

std::string local_authority(int socket) {
  Endpoint endpoint;
  if (!asked(::getsockname, socket, endpoint)) return "";
  endpoint = plain(endpoint);
  const std::string address = endpoint.address().to_string();
  if (endpoint.address().is_v6()) return fmt::format("[{}]:{}", address, endpoint.port());
  return fmt::format("{}:{}", address, endpoint.port());
}

}  // namespace interleave
