// beast_coroutines: a whole HTTP library's client, Boost.Beast, awaited on one Boost.Asio loop.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/version.hpp>
#include <memory>
#include <string>
#include <tuple>

#include "harness/worker/capabilities.hpp"
#include "harness/worker/model.hpp"
#include "models/asio/coroutine_loop.hpp"
#include "models/beast_coroutines/client.hpp"

namespace interleave {

class BeastLane {
 public:
  template <class T>
  using Task = boost::asio::awaitable<T, AsioExecutor>;

  // Without a socket it can only sleep, and carries no client.
  BeastLane(boost::asio::io_context& io, std::uint16_t port, Socket socket) : timer_(io) {
    if (socket) client_ = std::make_unique<BeastClient>(io, port, std::move(socket));
  }

  Task<Reply> fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
  Task<Reply> fetch_within(Request request, nanoseconds limit) {
    namespace http = boost::beast::http;
    constexpr auto kWait = boost::asio::as_tuple(boost::asio::deferred);
    BeastClient& client = *client_;
    client.begin(request, limit);
    if (!client.open()) {
      const auto [error] = co_await client.socket().async_connect(client.server(), kWait);
      client.connected(error);
    }
    if (!client.over()) {
      const auto [error, n] = co_await http::async_write(client.socket(), client.serializer(), kWait);
      client.sent(error);
    }
    while (!client.over()) {
      const auto [error, n] = co_await http::async_read(client.socket(), client.buffer(), client.parser(), kWait);
      client.received(error);
    }
    co_return client.reply();
  }
  auto sleep(nanoseconds time) {
    timer_.expires_after(time);
    return timer_.async_wait(boost::asio::deferred);
  }
  void retire() {
    if (client_) client_->retire();
  }

 private:
  AsioTimer timer_;
  std::unique_ptr<BeastClient> client_;
};

class BeastCoroutines : public AsioCoroutineLoop<BeastLane> {
 public:
  using Lane = BeastLane;
  using AsioCoroutineLoop::AsioCoroutineLoop;

  static Description describe() {
    return {"beast_coroutines", "Boost.Beast " + std::to_string(BOOST_BEAST_VERSION) + ", Boost.Asio " + asio_version(),
            kAsioBackEnd, "1"};
  }
  static Claims claims(const Load&) { return {1, 1, 1}; }
  static std::optional<std::string> refusal(const Load&) { return std::nullopt; }
};

static_assert(CoroutineModel<BeastCoroutines>);
static_assert(CoroutineDeadline<BeastCoroutines::Lane>);

}  // namespace interleave
