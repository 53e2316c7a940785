// Fetching as one composed operation in Asio's sense: made of the socket's operations, handed from one to the next.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/associator.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "models/asio/connection.hpp"

namespace interleave {

// It is the completion handler of each of its steps and takes `handler` along, which is called with the reply at last,
// from the loop, never from inside start(). The connection must stay until then.
template <class Handler>
class AsioExchange {
 public:
  AsioExchange(AsioConnection& link, Handler handler) : link_(&link), handler_(std::move(handler)) {}
  const Handler& handler() const noexcept { return handler_; }

  // Limit as AsioConnection::begin() has it.
  void start(const Request& request, nanoseconds limit) {
    AsioConnection& link = *link_;
    link.begin(request, limit);
    if (!link.open()) return link.socket().async_connect(link.server(), std::move(*this));
    send();
    if (link.over()) boost::asio::post(link.socket().get_executor(), std::move(*this));
    else go_on();
  }

  void operator()() { handler_(link_->reply()); }
  void operator()(AsioError error) {  // connected, or room to send
    if (step_ == Step::connect) link_->connected(error);
    if (!link_->over()) send();
    go_on();
  }
  void operator()(AsioError error, std::size_t n) {
    link_->received(error, n);
    go_on();
  }

 private:
  enum class Step : std::uint8_t { connect, send, receive };

  void send() { step_ = link_->send() ? Step::receive : Step::send; }
  void go_on() {
    AsioConnection& link = *link_;
    if (link.over()) (*this)();
    else if (step_ == Step::send) link.socket().async_wait(AsioSocket::wait_write, std::move(*this));
    else link.socket().async_read_some(link.space(), std::move(*this));
  }

  AsioConnection* link_;
  Handler handler_;
  Step step_ = Step::connect;
};

template <class Handler>
void AsioConnection::fetch_within(const Request& request, nanoseconds limit, Handler handler) {
  AsioExchange(*this, std::move(handler)).start(request, limit);
}

}  // namespace interleave

// Executor, allocator and cancellation are those of the handler that it takes along.
template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, interleave::AsioExchange<Handler>, Default> : Associator<Handler, Default> {
  static auto get(const interleave::AsioExchange<Handler>& exchange) noexcept {
    return Associator<Handler, Default>::get(exchange.handler());
  }
  static auto get(const interleave::AsioExchange<Handler>& exchange, const Default& other) noexcept {
    return Associator<Handler, Default>::get(exchange.handler(), other);
  }
};
