// Control requests, and the sessions that carry them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/control.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "harness/server/control_session.hpp"
#include "harness/server/target.hpp"
#include "harness/text/json_object.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr Range kSeeds{0, UINT64_MAX}, kRunItems{1, 100'000'000}, kInFlight{1, UINT64_MAX};

// A reason may quote what was sent, which need not be UTF-8.
ControlReply failure(std::uint16_t status, const std::string& reason) {
  return {status, json{{"error", reason}}.dump(-1, ' ', false, json::error_handler_t::replace), ""};
}

BeginRequest run_request(const std::string& text) {
  const json whole = parse_json(text, "begin");
  const JsonObject from(whole, "begin");
  BeginRequest run;
  run.name = from.text("run");
  run.seed = from.whole("seed", kSeeds);
  run.items = from.whole("items", kRunItems);
  run.expected = from.whole("expected", {1, run.items}, run.items);
  run.in_flight = from.whole("in_flight", kInFlight);
  run.profile = from.at("profile").get<Profile>();
  return run;
}

ControlReply begin(Service& service, Shards& shards, const std::string& body) try {
  if (service.ledger.open()) return failure(409, "run '" + service.ledger.run_name() + "' is open");
  PreparedRun run(run_request(body));  // which takes a while: nobody is held meanwhile
  shards.exclusively([&] {
    service.ledger.begin(std::move(run));
    service.retries.clear();
  });
  return {200, R"({"ok":true})", ""};
} catch (const std::exception& error) {
  return failure(400, error.what());
}

ControlReply state(const Service& service, Shards& shards) {
  std::uint64_t open = 0, under_way = 0;
  shards.exclusively([&] {
    open = service.ledger.connections_open();
    for (std::size_t shard = 0; shard < shards.size(); ++shard) under_way += shards[shard].under_way;
  });
  return {200,
          json{{"connections_open", open},
               {"in_flight", under_way},
               {"run", service.ledger.open() ? json(service.ledger.run_name()) : json()}}
              .dump(),
          ""};
}

ControlReply ledger(Service& service, Shards& shards, bool close) {
  if (!service.ledger.open()) return failure(409, "no run is open");
  return {200, shards.exclusively([&] { return close ? service.ledger.close() : service.ledger.json(); }), ""};
}

ControlReply other_method(std::string_view path, const char* allowed) {
  ControlReply reply = failure(405, std::string(path) + " takes " + allowed);
  reply.lines = std::string("Allow: ") + allowed + "\r\n";
  return reply;
}

}  // namespace

ControlReply controlled(Service& service, Shards& shards, const RequestParser& request) {
  using boost::beast::http::verb;
  const auto target = target_of(request.target(), request.method() == verb::options);
  const std::string_view path = target && target->query.empty() ? target->path : std::string_view();
  const bool post = request.method() == verb::post;
  const bool get = request.method() == verb::get || request.method() == verb::head;
  if (path == "/begin") return post ? begin(service, shards, request.body()) : other_method(path, "POST");
  if (path == "/end") return post ? ledger(service, shards, true) : other_method(path, "POST");
  if (path == "/state") return get ? state(service, shards) : other_method(path, "GET, HEAD");
  if (path == "/ledger") return get ? ledger(service, shards, false) : other_method(path, "GET, HEAD");
  return failure(404, "use POST /begin, POST /end, GET /ledger or GET /state");
}

template <class Protocol>
Control<Protocol>::Control(Acceptor acceptor, Service& service, Shards& shards)
    : acceptor_(std::move(acceptor)),
      service_(service),
      shards_(shards),
      pause_timer_(shards.first().loop.get_executor()) {}

template <class Protocol>
void Control<Protocol>::serve(Socket socket) {
  auto answer = [this](const RequestParser& request) { return controlled(service_, shards_, request); };
  auto over = [reserve = reserve_] { reserve->restore(); };
  std::make_shared<ControlSession<Socket>>(std::move(socket), std::move(answer), std::move(over))->read();
}

template <class Protocol>
void Control<Protocol>::accept() {
  acceptor_.async_accept([this](const error_code& error, Socket socket) {
    if (!acceptor_.is_open()) return;
    if (is_exhausted(error)) return accept_with_reserve();
    if (!error) serve(std::move(socket));
    accept();
  });
}

// Whoever holds all descriptors must not keep the run from being ended: a control connection is served with the one
// kept back, and the next waits for it.
template <class Protocol>
void Control<Protocol>::accept_with_reserve() {
  reserve_->restore();  // some may be free again
  if (reserve_->release()) {
    error_code error;
    Socket socket(acceptor_.get_executor());
    acceptor_.non_blocking(true);
    acceptor_.accept(socket, error);
    if (!error) serve(std::move(socket));
    else reserve_->restore();
  }
  pause_timer_.expires_after(kExhaustedPause);
  pause_timer_.async_wait([this](const error_code& error) {
    if (!error && acceptor_.is_open()) accept();
  });
}

template <class Protocol>
void Control<Protocol>::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_timer_.cancel();
}

template class Control<asio::ip::tcp>;
template class Control<asio::local::stream_protocol>;

}  // namespace interleave
