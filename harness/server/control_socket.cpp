// What may be replaced at a path, and listening there.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/control_socket.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdexcept>

namespace interleave {
namespace {

using Local = asio::local::stream_protocol;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw std::runtime_error(fmt::format("--control-socket {}: {}", path, why));
}

// Removes a socket whose server is gone; leaves everything else, and refuses it.
void make_room(asio::io_context& loop, const std::string& path) {
  struct stat there{};
  if (::lstat(path.c_str(), &there) != 0) return;
  if (!S_ISSOCK(there.st_mode)) refuse(path, "something that is no socket is there; choose another path");
  asio::basic_stream_socket<Local, Executor> probe(loop.get_executor());
  error_code error;
  probe.connect(Local::endpoint(path), error);
  if (!error) refuse(path, "another program listens there; choose another path");
  if (error != asio::error::connection_refused) refuse(path, error.message());
  ::unlink(path.c_str());
}

}  // namespace

void SocketFile::remove() noexcept {
  if (!path_.empty()) ::unlink(path_.c_str());
  path_.clear();
}

LocalAcceptor listening_at(asio::io_context& loop, const std::string& path) {
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) {
    refuse(path, fmt::format("use a path of 1 to {} bytes", sizeof(sockaddr_un::sun_path) - 1));
  }
  make_room(loop, path);
  LocalAcceptor acceptor(loop.get_executor());
  error_code error;
  acceptor.open(Local(), error);
  const mode_t before = ::umask(S_IRWXG | S_IRWXO);
  if (!error) acceptor.bind(Local::endpoint(path), error);
  ::umask(before);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) refuse(path, error.message());
  return acceptor;
}

}  // namespace interleave
