// Control requests, and the sessions that carry them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/control.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "harness/text/json_object.hpp"

namespace interleave {
namespace {

namespace http = boost::beast::http;
using nlohmann::json;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr Range kSeeds{0, UINT64_MAX}, kRunItems{1, 100'000'000}, kInFlight{1, UINT64_MAX};

Response answer(http::status status, std::string body) {
  Response response(status, 11);
  response.set(http::field::content_type, "application/json");
  response.body() = std::move(body);
  return response;
}

// A reason may quote what was sent, which need not be UTF-8.
Response failure(http::status status, const std::string& reason) {
  return answer(status, json{{"error", reason}}.dump(-1, ' ', false, json::error_handler_t::replace));
}

BeginRequest run_request(const std::string& text) {
  const json whole = parse_json(text, "begin");
  const JsonObject from(whole, "begin");
  BeginRequest run;
  run.name = from.text("run");
  run.seed = from.whole("seed", kSeeds);
  run.items = from.whole("items", kRunItems);
  run.in_flight = from.whole("in_flight", kInFlight);
  run.profile = from.at("profile").get<Profile>();
  return run;
}

Response begin(Service& service, Shards& shards, const std::string& body) try {
  if (service.ledger.open()) return failure(http::status::conflict, "run '" + service.ledger.run_name() + "' is open");
  PreparedRun run(run_request(body));  // which takes a while: nobody is held meanwhile
  shards.exclusively([&] {
    service.ledger.begin(std::move(run));
    service.retries.clear();
  });
  return answer(http::status::ok, R"({"ok":true})");
} catch (const std::exception& error) {
  return failure(http::status::bad_request, error.what());
}

Response state(const Service& service, Shards& shards) {
  std::uint64_t open = 0, under_way = 0;
  shards.exclusively([&] {
    open = service.ledger.connections_open();
    for (std::size_t shard = 0; shard < shards.size(); ++shard) under_way += shards[shard].under_way;
  });
  return answer(http::status::ok, json{{"connections_open", open},
                                       {"in_flight", under_way},
                                       {"run", service.ledger.open() ? json(service.ledger.run_name()) : json()}}
                                      .dump());
}

// One control connection; lives as long as an operation of it is under way.
template <class Socket>
class Session : public std::enable_shared_from_this<Session<Socket>> {
 public:
  Session(Socket socket, Service& service, Shards& shards)
      : socket_(std::move(socket)), service_(service), shards_(shards) {}
  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_,
                     [self = this->shared_from_this()](const error_code& error, std::size_t) {
                       if (!error) self->reply();
                     });
  }

 private:
  void reply() {
    response_ = controlled(service_, shards_, request_);
    http::async_write(socket_, response_, [self = this->shared_from_this()](const error_code& error, std::size_t) {
      if (!error && self->response_.keep_alive()) self->read();
    });
  }
  Socket socket_;
  Service& service_;
  Shards& shards_;
  boost::beast::flat_buffer buffer_;
  Request request_;
  Response response_;
};

}  // namespace

Response controlled(Service& service, Shards& shards, const Request& request) {
  const auto target = request.target();
  const bool post = request.method() == http::verb::post;
  const bool get = request.method() == http::verb::get;
  Response response = [&] {
    if (target == "/begin" && post) return begin(service, shards, request.body());
    if (target == "/state" && get) return state(service, shards);
    if ((target == "/ledger" && get) || (target == "/end" && post)) {
      if (!service.ledger.open()) return failure(http::status::conflict, "no run is open");
      return answer(http::status::ok,
                    shards.exclusively([&] { return get ? service.ledger.json() : service.ledger.close(); }));
    }
    return failure(http::status::not_found, "use POST /begin, POST /end, GET /ledger or GET /state");
  }();
  response.keep_alive(request.keep_alive());
  response.prepare_payload();
  return response;
}

template <class Protocol>
Control<Protocol>::Control(Acceptor acceptor, Service& service, Shards& shards)
    : acceptor_(std::move(acceptor)), service_(service), shards_(shards) {}

template <class Protocol>
void Control<Protocol>::accept() {
  using Socket = asio::basic_stream_socket<Protocol, Executor>;
  acceptor_.async_accept([this](const error_code& error, Socket socket) {
    if (!acceptor_.is_open()) return;
    if (!error) std::make_shared<Session<Socket>>(std::move(socket), service_, shards_)->read();
    accept();
  });
}

template <class Protocol>
void Control<Protocol>::stop() {
  error_code ignored;
  acceptor_.close(ignored);
}

template class Control<asio::ip::tcp>;
template class Control<asio::local::stream_protocol>;

}  // namespace interleave
