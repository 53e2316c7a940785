// Receiving, dealing fates, answering.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/name_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "harness/dns/lookups.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/server/listener.hpp"
#include "harness/server/reserve.hpp"
#include "harness/server/service.hpp"

namespace interleave {
namespace {

constexpr int kReceiveBuffer = 4 << 20;  // a burst of as many queries as there are lanes must fit
constexpr int kMostTries = 50;           // for a port that both protocols have free

// A query that the shard has to answer, as long as it lives.
class UnderWay {
 public:
  explicit UnderWay(Shard& shard) : shard_(shard) { ++shard_.under_way; }
  ~UnderWay() { --shard_.under_way; }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  Shard& shard_;
};

}  // namespace

// A query whose answer is not due yet.
struct NameServer::Pending {
  Pending(Shard& shard, const Exchange& of, const DnsMessage& answer, const asio::ip::udp::endpoint& to)
      : exchange(of), message(answer), asker(to), timer(shard.loop.get_executor()), under_way(shard) {}
  Exchange exchange;
  DnsMessage message;
  asio::ip::udp::endpoint asker;
  Timer timer;
  UnderWay under_way;
};

// One query after another, each behind its length in two bytes (4.2.2), until the asker closes.
class NameServer::Session : public std::enable_shared_from_this<NameServer::Session> {
 public:
  Session(NameServer& server, Stream socket)
      : server_(server), socket_(std::move(socket)), timer_(socket_.get_executor()) {}

  void read() {
    asio::async_read(socket_, asio::buffer(length_), [self = shared_from_this()](const error_code& error, std::size_t) {
      if (!error) self->read_query();
    });
  }

 private:
  void read_query() {
    query_.resize(static_cast<std::size_t>(length_[0] << 8 | length_[1]));
    asio::async_read(socket_, asio::buffer(query_), [self = shared_from_this()](const error_code& error, std::size_t) {
      if (!error) self->take();
    });
  }
  void take() {
    const auto query = read_dns(query_);
    if (!query || query->is_answer) return;  // which closes the connection
    exchange_ = server_.arrived(*query, true, false);
    under_way_.emplace(server_.shard_);
    answer_ = dns_bytes(server_.answer_to(*query, exchange_));
    if (exchange_.fate.delay.count() == 0) return write();
    timer_.expires_at(at_ns(exchange_.due_ns));
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->write();
    });
  }
  void write() {
    Tally& tally = server_.shard_.tally;
    tally.answered(exchange_, now_ns() - exchange_.due_ns);
    const std::size_t size = answer_.all().size();
    length_ = {static_cast<unsigned char>(size >> 8), static_cast<unsigned char>(size & 0xff)};
    const std::array<asio::const_buffer, 2> both{asio::buffer(length_), asio::buffer(answer_.all().data(), size)};
    asio::async_write(socket_, both, [self = shared_from_this(), &tally](const error_code& error, std::size_t sent) {
      tally.sent(self->exchange_, sent);
      tally.ended(self->exchange_, error ? Ending::cut_by_client : Ending::completed, now_ns());
      self->under_way_.reset();
      if (!error) self->read();
    });
  }

  NameServer& server_;
  Stream socket_;
  Timer timer_;
  std::array<unsigned char, 2> length_{};
  std::vector<unsigned char> query_;
  Exchange exchange_;
  std::optional<UnderWay> under_way_;
  DnsBytes answer_;
};

NameServer::NameServer(Shards& shards, const std::string& address, std::uint16_t port)
    : shard_(shards.first()),
      acceptor_(shard_.loop.get_executor()),
      socket_(shard_.loop.get_executor()),
      runs_of_askers_(65'536, 0),
      pause_(shard_.loop.get_executor()) {
  const auto host = asio::ip::make_address(address);
  error_code error;
  for (int tries = port == 0 ? kMostTries : 1; tries > 0; --tries) {
    acceptor_ = listening(shard_.loop, address, port);
    const asio::ip::udp::endpoint endpoint(host, acceptor_.local_endpoint().port());
    socket_ = Udp(shard_.loop.get_executor());
    socket_.open(endpoint.protocol(), error);
    if (!error && host.is_v6()) socket_.set_option(asio::ip::v6_only(false), error);
    if (!error) socket_.bind(endpoint, error);
    if (!error) break;
  }
  if (error) {
    throw std::system_error(error.value(), std::generic_category(),
                            "listening for datagrams on port " + std::to_string(port));
  }
  if (::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer) != 0) {
    socket_.set_option(asio::socket_base::receive_buffer_size(kReceiveBuffer), error);  // as far as the limit goes
  }
  socket_.non_blocking(true);
}

void NameServer::start() {
  receive();
  accept();
}

void NameServer::stop() {
  error_code ignored;
  stopped_ = true;
  socket_.cancel(ignored);
  acceptor_.close(ignored);
  pause_.cancel();
}

void NameServer::receive() {
  socket_.async_receive_from(asio::buffer(datagram_), asker_, [this](const error_code& error, std::size_t size) {
    if (stopped_) return;
    if (!error) received({datagram_.data(), size});
    receive();
  });
}

// What is no query gets no answer: an answer to whatever comes is what such servers are abused for.
void NameServer::received(Octets bytes) {
  const auto query = read_dns(bytes);
  if (!query || query->is_answer) return shard_.tally.no_query();
  const Exchange exchange = arrived(*query, false, is_new(asker_));
  send_when_due(std::make_shared<Pending>(shard_, exchange, answer_to(*query, exchange), asker_));
}

bool NameServer::is_new(const asio::ip::udp::endpoint& asker) {
  const std::uint32_t run = shard_.service.ledger.run();
  return std::exchange(runs_of_askers_[asker.port()], run) != run;
}

Exchange NameServer::arrived(const DnsMessage& query, bool over_tcp, bool first) {
  const Ledger& ledger = shard_.service.ledger;
  const RunFates& fates = ledger.open() ? ledger.fates() : shard_.service.standing;
  Exchange exchange;
  exchange.parsed_ns = now_ns();
  exchange.item = item_of_name(query.name).value_or(UINT64_MAX);
  exchange.attempt = over_tcp ? kOverTcp : attempt_of_id(query.id);
  exchange.fate = fate_of_query(fates, exchange.item, exchange.attempt);
  exchange.due_ns = exchange.parsed_ns + exchange.fate.delay.count();
  if (!ledger.open()) return exchange;
  shard_.tally.arrived(exchange, first);
  shard_.tally.looked_up(fate_of_lookup(exchange.fate, exchange.item), over_tcp);
  return exchange;
}

DnsMessage NameServer::answer_to(const DnsMessage& query, const Exchange& exchange) const {
  const Ledger& ledger = shard_.service.ledger;
  const RunFates& fates = ledger.open() ? ledger.fates() : shard_.service.standing;
  DnsMessage answer = query;
  answer.is_answer = true;
  answer.truncated = false;
  answer.code = DnsCode::none;
  switch (fate_of_lookup(exchange.fate, exchange.item)) {
    case LookupFate::address: answer.address = address_of_item(fates.seed(), exchange.item); break;
    case LookupFate::no_such_name: answer.code = DnsCode::no_such_name; break;
    case LookupFate::failure: answer.code = DnsCode::failure; break;
    case LookupFate::truncated: answer.truncated = true; break;
    case LookupFate::lost: break;
  }
  return answer;
}

void NameServer::send_when_due(std::shared_ptr<Pending> pending) {
  if (pending->exchange.fate.delay.count() == 0) return send(*pending);
  Timer& timer = pending->timer;
  timer.expires_at(at_ns(pending->exchange.due_ns));
  timer.async_wait([this, pending = std::move(pending)](const error_code& error) {
    if (!error) send(*pending);
  });
}

// A lost answer is in flight until it would have been there.
void NameServer::send(const Pending& pending) {
  Tally& tally = shard_.tally;
  const std::int64_t now = now_ns();
  const bool is_lost = fate_of_lookup(pending.exchange.fate, pending.exchange.item) == LookupFate::lost;
  tally.answered(pending.exchange, now - pending.exchange.due_ns);
  if (is_lost) return tally.ended(pending.exchange, Ending::cut_by_server, now);
  const DnsBytes bytes = dns_bytes(pending.message);
  error_code error;  // no room, or nobody there: lost as well, which the asker bears
  const std::size_t sent =
      socket_.send_to(asio::buffer(bytes.all().data(), bytes.all().size()), pending.asker, 0, error);
  if (!error) tally.sent(pending.exchange, sent);
  tally.ended(pending.exchange, error ? Ending::cut_by_client : Ending::completed, now);
}

void NameServer::accept() {
  acceptor_.async_accept([this](const error_code& error, Stream socket) {
    if (!acceptor_.is_open()) return;
    if (!error) std::make_shared<Session>(*this, std::move(socket))->read();
    if (is_exhausted(error)) return pause();
    accept();
  });
}

// Without a descriptor accepting would fail for ever.
void NameServer::pause() {
  pause_.expires_after(kExhaustedPause);
  pause_.async_wait([this](const error_code& error) {
    if (!error && acceptor_.is_open()) accept();
  });
}

}  // namespace interleave
