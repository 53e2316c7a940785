// A lane's socket for datagrams on the readiness loop, and its connection for one message each way.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <utility>

#include "harness/worker/blocking_datagrams.hpp"
#include "harness/worker/datagram.hpp"
#include "models/epoll_coroutines/loop.hpp"

namespace interleave {

// begin() as EpollConnection has it: true: `waiter` is resumed when answer() is there; false: it is there already.
class EpollMessageExchange final : private Waiting, private Deadlined {
 public:
  explicit EpollMessageExchange(EpollLoop& loop) : loop_(loop), deadline_(loop.agenda().deadlines(), *this) {}
  EpollMessageExchange(EpollMessageExchange&&) = delete;  // the loop knows its address

  bool begin(std::uint16_t port, Octets message, std::chrono::nanoseconds limit, std::coroutine_handle<> waiter) {
    message_.begin(message);
    socket_ = Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(port);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!socket_ || (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0 &&
                     errno != EINPROGRESS)) {
      message_.failed(Outcome::refused);
      return false;
    }
    sent_ = false;
    waiter_ = waiter;
    loop_.watch(socket_.get(), *this);  // an edge comes even if it is writable by now
    deadline_.set(limit);
    return true;
  }
  const Datagram& answer() const noexcept { return message_.answer(); }

 private:
  std::coroutine_handle<> ready(std::uint32_t) override {
    if (!waiter_) return {};
    if (!sent_ && send()) return end();
    while (sent_) {
      const auto room = message_.room();
      const ssize_t n = ::recv(socket_.get(), room.data(), room.size(), 0);
      if (n < 0 && errno == EAGAIN) break;
      if (n >= 0 ? message_.received(static_cast<std::size_t>(n)) : message_.failed(Outcome::reset)) return end();
    }
    return {};
  }
  // True: there is nobody to send to. The query fits into a fresh socket's buffer.
  bool send() {
    const Octets all = message_.outgoing();
    sent_ = ::send(socket_.get(), all.data(), all.size(), MSG_NOSIGNAL) >= 0;
    return !sent_ && errno != EAGAIN && message_.failed(Outcome::refused);
  }
  std::coroutine_handle<> check_deadline(std::int64_t now) override {
    if (!deadline_.passed(now)) return {};
    message_.failed(Outcome::timeout);
    return end();
  }
  std::coroutine_handle<> end() {
    deadline_.clear();
    socket_ = Socket();
    return std::exchange(waiter_, {});
  }

  EpollLoop& loop_;
  Deadline deadline_;
  Socket socket_;
  StreamedMessage message_;
  bool sent_ = false;
  std::coroutine_handle<> waiter_;
};

class EpollDatagrams final : private Waiting, private Deadlined {
 public:
  explicit EpollDatagrams(EpollLoop& loop) : deadline_(loop.agenda().deadlines(), *this), exchange_(loop) {
    loop.watch(socket_.get(), *this);
  }
  EpollDatagrams(EpollDatagrams&&) = delete;  // the loop knows its address

  void send_to(std::uint16_t port, Octets bytes) { send_datagram(socket_, port, bytes); }
  EpollMessageExchange& exchange() noexcept { return exchange_; }

  // What came while nobody received is there already, and no edge tells of it again.
  bool begin(std::chrono::nanoseconds limit, std::coroutine_handle<> waiter) {
    if (receive()) return false;
    waiter_ = waiter;
    deadline_.set(limit);
    return true;
  }
  const Datagram& answer() const noexcept { return came_; }

 private:
  bool receive() {
    const ssize_t n = ::recv(socket_.get(), space_.data(), space_.size(), 0);
    if (n < 0) return false;
    came_ = {Outcome::ok, {space_.data(), static_cast<std::size_t>(n)}, now_ns()};
    return true;
  }
  std::coroutine_handle<> ready(std::uint32_t) override {
    if (!waiter_ || !receive()) return {};
    deadline_.clear();
    return std::exchange(waiter_, {});
  }
  std::coroutine_handle<> check_deadline(std::int64_t now) override {
    if (!deadline_.passed(now)) return {};
    deadline_.clear();
    came_ = {};
    return std::exchange(waiter_, {});
  }

  Socket socket_ = datagram_socket();
  Deadline deadline_;
  EpollMessageExchange exchange_;
  DatagramSpace space_;
  Datagram came_;
  std::coroutine_handle<> waiter_;
};

}  // namespace interleave
