// A unix socket to be controlled through, instead of a port.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/local/stream_protocol.hpp>
#include <string>
#include <utility>

#include "harness/server/asio_types.hpp"

namespace interleave {

// The file of a socket; removed by whoever holds it last, and at once by remove().
class SocketFile {
 public:
  explicit SocketFile(std::string path) : path_(std::move(path)) {}
  SocketFile(SocketFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  SocketFile& operator=(SocketFile&&) = delete;
  ~SocketFile() { remove(); }
  void remove() noexcept;

 private:
  std::string path_;
};

using LocalAcceptor = asio::basic_socket_acceptor<asio::local::stream_protocol, Executor>;

// Listens at `path`, for this user alone. A socket there that nobody listens at any more is replaced. Throws
// std::runtime_error where something else is there, or somebody listens.
LocalAcceptor listening_at(asio::io_context& loop, const std::string& path);

}  // namespace interleave
