// One exchange of beast_coroutines.
// SPDX-License-Identifier: Apache-2.0
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <tuple>

#include "models/beast_coroutines/model.hpp"

namespace interleave {

AsioAwaitedLane::Task<Reply> BeastLane::fetch_within(Request request, nanoseconds limit) {
  namespace http = boost::beast::http;
  BeastClient& client = *client_;
  client.begin(request, limit);
  if (!client.open()) {
    const auto [error] = co_await client.socket().async_connect(client.server(), kAwaited);
    client.connected(error);
  }
  if (!client.over() && !client.send()) {
    const auto [error, n] = co_await http::async_write(client.socket(), client.serializer(), kAwaited);
    client.sent(error);
  }
  while (!client.over()) {
    const auto [error, n] = co_await http::async_read_some(client.socket(), client.buffer(), client.parser(), kAwaited);
    client.received(error);
  }
  co_return client.reply();
}

}  // namespace interleave
