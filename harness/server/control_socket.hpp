// A unix socket to be controlled through, instead of a port.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/local/stream_protocol.hpp>
#include <string>

#include "harness/server/asio_types.hpp"

namespace interleave {

using LocalAcceptor = asio::basic_socket_acceptor<asio::local::stream_protocol, Executor>;

// Listens at `path`, for this user alone. A socket there that nobody listens at any more is replaced. Throws
// std::runtime_error where something else is there, or somebody listens.
LocalAcceptor listening_at(asio::io_context& loop, const std::string& path);

}  // namespace interleave
