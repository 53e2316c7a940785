// beast_coroutines: a whole HTTP library's client, Boost.Beast, awaited on one Boost.Asio loop.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/beast/version.hpp>
#include <memory>
#include <string>

#include "harness/worker/capabilities.hpp"
#include "harness/worker/model.hpp"
#include "models/asio/coroutine_lane.hpp"
#include "models/asio/coroutine_loop.hpp"
#include "models/beast_coroutines/client.hpp"

namespace interleave {

class BeastLane : public AsioAwaitedLane {
 public:
  // Without a socket it can only sleep and compute, and carries no client.
  BeastLane(AsioLoop& loop, std::uint16_t port, Socket socket) : AsioAwaitedLane(loop) {
    if (socket) client_ = std::make_unique<BeastClient>(loop.io(), port, std::move(socket));
  }

  Task<Reply> fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
  Task<Reply> fetch_within(Request request, nanoseconds limit);  // in lane.cpp: it is most of what there is to compile
  const std::string& kept_body() const { return client_->body(); }
  void retire() {
    if (client_) client_->retire();
    retire_datagrams();
  }

 private:
  std::unique_ptr<BeastClient> client_;
};

class BeastCoroutines : public AsioCoroutineLoop<BeastLane> {
 public:
  using Lane = BeastLane;
  using AsioCoroutineLoop::AsioCoroutineLoop;

  static Description describe() {
    return {.name = "beast_coroutines",
            .family = Family::coroutines,
            .library = "Boost.Beast " + std::to_string(BOOST_BEAST_VERSION) + ", Boost.Asio " + asio_version(),
            .back_end = kAsioBackEnd,
            .threads = "1"};
  }
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 1}; }
  static std::optional<std::string> refusal(const Load&) { return std::nullopt; }
};

static_assert(CoroutineModel<BeastCoroutines>);
static_assert(CoroutineDeadline<BeastCoroutines::Lane>);
static_assert(CoroutineOffload<BeastCoroutines::Lane>);
static_assert(CoroutineDatagrams<BeastCoroutines::Lane>);

}  // namespace interleave
