// The ports, and what is done to those who connect.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/fault_ports.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace interleave {
namespace {

constexpr std::chrono::milliseconds kSweep{100};

asio::ip::tcp::endpoint any_port(const std::string& address) { return {asio::ip::make_address(address), 0}; }

Acceptor bound(asio::io_context& loop, const std::string& address) {
  Acceptor acceptor(loop.get_executor());
  const auto endpoint = any_port(address);
  acceptor.open(endpoint.protocol());
  if (endpoint.protocol() == asio::ip::tcp::v6()) acceptor.set_option(asio::ip::v6_only(false));
  acceptor.bind(endpoint);
  return acceptor;
}

// Whether the peer has closed: the only way to know without reading.
bool peer_is_gone(Stream& socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return true;
  return info.tcpi_state != TCP_ESTABLISHED;
}

}  // namespace

FaultPorts::FaultPorts(Shards& shards, const std::string& address, std::chrono::nanoseconds late, const RunFates& fates)
    : refused_(bound(shards.first().loop, address)),
      full_(bound(shards.first().loop, address)),
      resetting_(listening(shards.first().loop, address, 0)),
      holding_(bound(shards.first().loop, address)),
      sweep_timer_(shards.first().loop.get_executor()),
      late_(shards, listening(shards.first().loop, address, 0), fates, false, late) {
  full_.listen(0);
  // A backlog of 0 holds one connection; the second asks in vain, and keeps the queue full should the first be lost.
  for (int filler = 0; filler < 2; ++filler) {
    fillers_.emplace_back(shards.first().loop.get_executor());
    const auto endpoint = full_.local_endpoint();  // Asio's own connect would wait for the answer
    fillers_.back().open(endpoint.protocol());
    fillers_.back().non_blocking(true);
    if (::connect(fillers_.back().native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 &&
        errno != EINPROGRESS) {
      throw std::system_error(errno, std::generic_category(), "filling the accept queue of connect_timeout");
    }
  }
  holding_.set_option(asio::socket_base::receive_buffer_size(1));  // the kernel makes it its least
  holding_.listen();
  ports_ = {{"refused", refused_.local_endpoint().port()},
            {"connect_timeout", full_.local_endpoint().port()},
            {"reset_on_accept", resetting_.local_endpoint().port()},
            {"late_accept", late_.port()},
            {"never_reads", holding_.local_endpoint().port()}};
}

void FaultPorts::start() {
  reset_next();
  hold_next();
  late_.start();
}

void FaultPorts::reset_next() {
  resetting_.async_accept([this](const error_code& error, Stream socket) {
    if (!resetting_.is_open()) return;
    error_code ignored;
    if (!error) {
      socket.set_option(asio::socket_base::linger(true, 0), ignored);
      socket.close(ignored);  // the destructor would take the option back
    }
    if (is_exhausted(error)) return pause(&FaultPorts::reset_next);
    reset_next();
  });
}

void FaultPorts::hold_next() {
  holding_.async_accept([this](const error_code& error, Stream socket) {
    if (!holding_.is_open()) return;
    if (!error) {
      held_.push_back(std::move(socket));
      if (held_.size() == 1) sweep();
    }
    if (is_exhausted(error)) return pause(&FaultPorts::hold_next);
    hold_next();
  });
}

void FaultPorts::pause(void (FaultPorts::*again)()) {
  auto timer = std::make_shared<Timer>(sweep_timer_.get_executor(), kExhaustedPause);
  timer->async_wait([this, again, timer](const error_code&) {
    if (holding_.is_open()) (this->*again)();
  });
}

void FaultPorts::sweep() {
  held_.remove_if(peer_is_gone);
  if (held_.empty()) return;
  sweep_timer_.expires_after(kSweep);
  sweep_timer_.async_wait([this](const error_code& error) {
    if (!error) sweep();
  });
}

void FaultPorts::stop() {
  error_code ignored;
  resetting_.close(ignored);
  holding_.close(ignored);
  held_.clear();
  sweep_timer_.cancel();
  late_.stop();
}

}  // namespace interleave
