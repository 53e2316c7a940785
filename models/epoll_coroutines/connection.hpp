// One keep-alive connection on the readiness loop: connect, send, receive, each going on when the socket is ready for
// it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <coroutine>
#include <cstdint>
#include <utility>

#include "harness/http/reply_reader.hpp"
#include "harness/http/request.hpp"
#include "harness/posix/stream_options.hpp"
#include "models/epoll_coroutines/datagrams.hpp"
#include "models/epoll_coroutines/loop.hpp"

namespace interleave {

class EpollConnection final : private Waiting, private Deadlined {
 public:
  using Loop = EpollLoop;
  using Datagrams = EpollDatagrams;

  EpollConnection(EpollLoop& loop, std::uint16_t port, Socket socket)
      : loop_(loop), deadline_(loop.agenda().deadlines(), *this), port_(port), socket_(std::move(socket)) {
    if (fcntl(socket_.get(), F_SETFL, O_NONBLOCK) != 0)
      throw std::system_error(errno, std::generic_category(), "O_NONBLOCK");
    loop_.watch(socket_.get(), *this);
  }
  EpollConnection(EpollConnection&&) = delete;  // the loop knows its address

  // Sends the request, on a new connection where the last reply took the old one with it. False: it has failed at once
  // and reply() says how. True: `waiter` is resumed when reply() is complete: TIMEOUT `limit` after the sending (0: no
  // limit), or after the connecting began if that takes as long.
  bool begin(const Request& request, nanoseconds limit, std::coroutine_handle<> waiter) {
    request_ = request;
    limit_ = limit;
    sent_ = 0;
    over_ = false;
    reader_.begin(request.keeps_body());
    if (socket_) send();
    else connect();
    if (over_) return false;
    waiter_ = waiter;
    deadline_.set(limit_);
    return true;
  }
  const Reply& reply() const noexcept { return reader_.reply(); }
  const std::string& body() const noexcept { return reader_.body(); }

 private:
  // Events that nobody waits for are dropped: whatever they told, the next send or receive meets it too. None is of an
  // earlier socket, since only this connection's own turn closes it, and a closed one is no longer watched.
  std::coroutine_handle<> ready(std::uint32_t events) override {
    if (!waiter_) return {};
    if (connecting_) connected();
    else if (sent_ != kAll) send();
    if (!over_ && (events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) receive((events & kHangUp) != 0);
    return over_ ? std::exchange(waiter_, {}) : nullptr;
  }

  std::coroutine_handle<> check_deadline(std::int64_t now) override {
    if (!deadline_.passed(now)) return {};
    abandon(Outcome::timeout);
    return std::exchange(waiter_, {});
  }

  void connect() {
    socket_ = Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket_) return abandon(Outcome::refused);
    set_stream_options(socket_.get());
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS) {
      return abandon(Outcome::refused);
    }
    connecting_ = true;
    loop_.watch(socket_.get(), *this);  // an edge comes even if it is writable by now
  }
  void connected() {
    connecting_ = false;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
      return abandon(Outcome::refused);
    send();
    if (!over_) deadline_.set(limit_);
  }

  // All but always the whole request fits into the socket's buffer.
  void send() {
    const RenderedRequest rendered(request_);
    const ssize_t n = ::send(socket_.get(), rendered.data() + sent_, rendered.size() - sent_, MSG_NOSIGNAL);
    if (n >= 0) sent_ += static_cast<std::size_t>(n);
    else if (errno != EAGAIN && errno != EINTR) return fail(errno);
    if (sent_ == rendered.size()) sent_ = kAll;
  }

  // Edge-triggered: what does not fill the space was all there is, unless the peer's end came with it; then no other
  // edge follows, and only reading on finds the end.
  void receive(bool hung_up) {
    while (!over_) {
      ReceiveBuffer& space = loop_.receive_buffer();
      const ssize_t n = ::recv(socket_.get(), space.data(), space.size(), 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno == EAGAIN) return;
      if (n <= 0) return fail(n == 0 ? 0 : errno);
      if (reader_.received({space.data(), static_cast<std::size_t>(n)})) return end();
      if (static_cast<std::size_t>(n) < space.size() && !hung_up) return;
    }
  }

  void fail(int error) {
    reader_.ended(error);
    end();
  }
  void abandon(Outcome outcome) {
    reader_.abandoned(outcome);
    end();
  }
  void end() {
    over_ = true;
    connecting_ = false;
    deadline_.clear();
    if (!reader_.keep_alive()) socket_ = Socket();
  }

  static constexpr std::uint32_t kHangUp = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  static constexpr std::size_t kAll = SIZE_MAX;
  EpollLoop& loop_;
  Deadline deadline_;
  std::uint16_t port_;
  bool connecting_ = false, over_ = true;
  Socket socket_;
  ReplyReader reader_;
  Request request_;
  nanoseconds limit_{0};
  std::size_t sent_ = kAll;         // bytes of the request
  std::coroutine_handle<> waiter_;  // none: nothing is under way
};

}  // namespace interleave
