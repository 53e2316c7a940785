// The life of a connection.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/connection.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/error.hpp>
#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include "harness/http/body.hpp"
#include "harness/http/clock.hpp"
#include "harness/http/mix.hpp"
#include "harness/server/explicit_fate.hpp"
#include "harness/server/flags.hpp"
#include "harness/server/reply_header.hpp"
#include "harness/server/routes.hpp"

namespace interleave {
namespace {

constexpr std::size_t kMostBuffer = 32 * 1024;
constexpr std::chrono::seconds kHeaderLimit{5};
constexpr std::chrono::seconds kLingerLimit{5};
constexpr std::uint64_t kMostAttempts = 32;
constexpr std::uint32_t kDefaultBytes = 1024;      // of an explicit reply that names no size
constexpr std::size_t kMostNotedRetries = 1'000'000;
constexpr std::uint32_t kPiecesPerSecond = 250;    // of a body at a rate

bool would_block(const error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

// The number after "/item/", and nothing behind it.
std::optional<std::uint64_t> item_of(std::string_view text) {
  std::uint64_t item = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), item);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return item;
}

}  // namespace

Connection::Connection(Stream socket, Service& service, const RunFates& fates, bool flags)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), service_(service), fates_(fates), flags_(flags) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  parser_.emplace();
  service_.ledger.connection_opened();
}

Connection::~Connection() { service_.ledger.connection_closed(counted_); }

void Connection::read() {
  if (reading_ || state_ == State::closed) return;
  const auto space = in_.space(kMostBuffer);
  if (space.empty()) return;  // a client that sends ahead waits; what it sent is read after the reply
  reading_ = true;
  socket_.async_read_some(asio::buffer(space.data(), space.size()),
                          [self = Self(this)](const error_code& error, std::size_t n) { self->on_read(error, n); });
}

void Connection::on_read(const error_code& error, std::size_t n) {
  reading_ = false;
  if (state_ == State::closed) return;
  if (error) {  // the client is gone, or has half closed, which counts as gone
    end_exchange(Ending::cut_by_client);
    close(false);
    return;
  }
  if (state_ == State::lingering) return read();
  in_.commit(n);
  if (state_ != State::reading) return read();
  advance();
}

// Takes requests until there is nothing left to parse, or one has to wait.
void Connection::advance() {
  while (state_ == State::reading && parse()) handle();
  read();
}

bool Connection::parse() {
  if (service_.draining) {
    close(false);
    return false;
  }
  while (!parser_->got_some() && in_.view().starts_with("\r\n")) in_.consume(2);  // RFC 9112, 2.2
  const std::string_view view = in_.view();
  if (view.empty()) return false;
  message_ += parser_->take(view.substr(message_));
  if (parser_->refusal()) {
    keep_alive_ = false;
    refuse(parser_->refusal());
    return false;
  }
  if (parser_->done()) return true;
  if (parser_->body_begun()) {  // the target is held by the parser: what was parsed may go
    in_.consume(message_);
    message_ = 0;
    if (parser_->wants_continue() && !continued_) send_continue();
  }
  expect_header();
  return false;
}

void Connection::send_continue() {
  continued_ = true;
  error_code error;  // 25 bytes into an empty send queue; if that fails, the read will tell
  socket_.write_some(asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")), error);
}

// A message that has begun must be complete in time: its header within 5 s, its body with no pause above 5 s.
void Connection::expect_header() {
  if (timer_for_header_ && !parser_->body_begun()) return;
  timer_for_header_ = true;
  timer_.expires_after(kHeaderLimit);
  timer_.async_wait([self = Self(this)](const error_code& error) {
    if (!error && self->state_ == State::reading) {
      self->keep_alive_ = false;
      self->refuse(408, "the request did not arrive within 5 s");
    }
  });
}

void Connection::handle() {
  if (timer_for_header_) timer_.cancel();
  timer_for_header_ = false;
  keep_alive_ = parser_->keep_alive();
  exchange_ = Exchange{};
  exchange_.parsed_ns = now_ns();
  plan_.reset();
  ++requests_;
  ++service_.requests;
  constexpr std::string_view kItem = "/item/";
  const std::string_view target = parser_->target();
  if (target.starts_with(kItem) && !fate_fields()) {
    if (const auto item = item_of(target.substr(kItem.size()))) {
      deal(*item, 0);
      return begin_exchange();
    }
  }
  handle_other(target);
}

bool Connection::fate_fields() const { return !parser_->fields().empty(); }

// The seeded fate of an item.
void Connection::deal(std::uint64_t item, std::uint32_t attempt) {
  const RunFates& fates = service_.ledger.open() ? service_.ledger.fates() : fates_;
  exchange_.item = item;
  exchange_.attempt = attempt;
  exchange_.fate = fates.of(item, attempt);
  const bool to_retry = exchange_.fate.status == 429 || exchange_.fate.status == 503;
  if (fates.retry_after_s() != 0 && to_retry) {
    plan_ = std::make_unique<ReplyPlan>();
    plan_->retry_after_s = fates.retry_after_s();
  }
}

// Everything but the plain request of an item.
void Connection::handle_other(std::string_view target) try {
  if (target == "/ready") {
    exchange_.due_ns = exchange_.parsed_ns;
    return write_plain();
  }
  if (const std::size_t scheme = target.find("://"); scheme != std::string_view::npos && target[0] != '/') {
    const std::size_t slash = target.find('/', scheme + 3);  // absolute form
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  const std::size_t question = target.find('?');
  const std::string_view query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  handle_explicit(target.substr(0, question), query);
} catch (const BadFate& bad) {
  refuse(400, bad.what());
}

void Connection::handle_explicit(std::string_view path, std::string_view query) {
  auto plan = std::make_unique<ReplyPlan>();
  FateKeys keys = keys_of_fields(parser_->fields());
  const RouteRequest request{parser_->method_text(), path, query, parser_->fields(), parser_->body(), service_.requests};
  constexpr std::string_view kItem = "/item/";
  if (!handle_flag(path, *plan) && !route(request, exchange_.fate, *plan)) {
    FateKeys of_query = keys_of_query(query);
    of_query.merge(keys);  // what the query says stays
    keys = std::move(of_query);
    if (path.starts_with(kItem)) {
      std::uint64_t attempt = 0;
      if (const auto given = keys.find("attempt"); given != keys.end()) {
        attempt = amount_of("attempt", given->second, kMostAttempts - 1);
        keys.erase(given);
      }
      const auto item = item_of(path.substr(kItem.size()));
      if (!item) throw BadFate("use /item/<id>, a whole number below 2^64");
      deal(*item, static_cast<std::uint32_t>(attempt));
      if (plan_) plan = std::move(plan_);
    } else if (keys.empty()) {
      return refuse(404, "nothing here; try /any/path?delay=120ms&status=503, /item/7, /get or /status/418");
    } else {
      exchange_.fate.bytes = kDefaultBytes;
      if (keys.count("bytes") == 0 && (keys.count("status") != 0) && (keys["status"] == "204" || keys["status"] == "304")) {
        exchange_.fate.bytes = 0;
      }
    }
  }
  apply_keys(keys, exchange_.fate, *plan);
  if (plan->content) exchange_.fate.bytes = static_cast<std::uint32_t>(plan->content->size());
  plan_ = std::move(plan);
  begin_exchange();
}

// The classic files: on a classic port with the fate of that port, elsewhere at once. Whatever goes wrong has no content.
bool Connection::handle_flag(std::string_view path, ReplyPlan& plan) {
  if (!path.starts_with("/flags/")) return false;
  std::optional<FlagFile> file = flag_file(path);
  exchange_.fate.fault = Fault::status;
  exchange_.fate.status = 404;
  plan.content = "no such flag\n";
  if (!file) return true;
  exchange_.fate = flags_ ? fates_.of(file->item, 0) : Fate{};
  if (exchange_.fate.status == 200) {
    plan.content = std::move(file->content);
    plan.fields = fmt::format("Content-Type: {}\r\n", file->content_type);
  } else {
    plan.content = std::string(reason_of(exchange_.fate.status)) + "\n";
  }
  return true;
}

// A retry is early if it comes before what Retry-After said to the last attempt.
void Connection::note_retry() {
  const bool item = parser_->target().starts_with("/item/");
  const std::uint64_t key = item ? exchange_.item : mix64(std::hash<std::string_view>()(parser_->target()));
  if (const auto noted = service_.retry_not_before.find(key); noted != service_.retry_not_before.end()) {
    if (exchange_.parsed_ns < noted->second) service_.ledger.early_retry();
    service_.retry_not_before.erase(noted);
  }
  if (plan_ && plan_->retry_after_s != 0 && service_.retry_not_before.size() < kMostNotedRetries) {
    service_.retry_not_before[key] = exchange_.parsed_ns + exchange_.fate.delay.count() + plan_->retry_after_s * 1'000'000'000LL;
  }
}

void Connection::begin_exchange() {
  if (parser_->target().starts_with("/item/") && service_.ledger.open()) {
    service_.ledger.arrived(exchange_, counted_++ == 0);
  }
  if (!service_.retry_not_before.empty() || (plan_ && plan_->retry_after_s != 0)) note_retry();
  if (plan_ && plan_->close_after != 0 && requests_ >= plan_->close_after) keep_alive_ = false;
  in_exchange_ = true;
  ++service_.under_way;
  exchange_.due_ns = exchange_.parsed_ns + exchange_.fate.delay.count();
  if (exchange_.fate.delay.count() == 0) return due();
  state_ = State::delayed;
  timer_.expires_at(at_ns(exchange_.due_ns));
  timer_.async_wait([self = Self(this)](const error_code& error) {
    if (!error && self->state_ == State::delayed) {
      self->state_ = State::reading;
      self->due();
      self->advance();
    }
  });
}

Persistence Connection::persistence() const {
  if (!keep_alive_) return Persistence::close;
  return parser_->http_1_0() ? Persistence::keep_alive_1_0 : Persistence::keep_alive_1_1;
}

void Connection::due() {
  const Fate& fate = exchange_.fate;
  const bool plain = fate.fault == Fault::none || fate.fault == Fault::status;
  if (plain && !plan_ && fate.bytes_per_second == 0 && fate.bytes <= kContiguous) return write_plain();
  static const ReplyPlan kNoPlan;
  const bool head = parser_->method() == boost::beast::http::verb::head;
  const std::int64_t now = now_ns();
  service_.ledger.answered(exchange_, now - exchange_.due_ns);
  run_script(script_of(exchange_, plan_ ? *plan_ : kNoPlan, persistence(), head, now));
}

// The common case: header and body in one gathering write, without an allocation.
void Connection::write_plain() {
  const std::int64_t now = now_ns();
  const Fate& fate = exchange_.fate;
  const ReplyHeader header(exchange_, fate.bytes, now, persistence());
  const bool head = parser_->method() == boost::beast::http::verb::head;
  const std::string_view body = body_window(exchange_.item, 0, head ? 0 : fate.bytes);
  const std::array<asio::const_buffer, 2> pieces{asio::buffer(header.bytes()), asio::buffer(body)};
  error_code error;
  const std::size_t sent = socket_.write_some(pieces, error);
  service_.ledger.answered(exchange_, now - exchange_.due_ns);
  if (error && !would_block(error)) {
    end_exchange(Ending::cut_by_client);
    return close(false);
  }
  const std::size_t whole = header.bytes().size() + (head ? 0 : fate.bytes);
  service_.ledger.sent(exchange_, sent);
  if (sent == whole) {
    end_exchange(Ending::completed);
    return next_request();
  }
  Script rest;
  if (sent < header.bytes().size()) rest.text(std::string(header.bytes().substr(sent)));
  const std::uint64_t body_sent = sent - std::min(sent, header.bytes().size());
  rest.body(exchange_.item, body_sent, (head ? 0 : fate.bytes) - body_sent);
  run_script(std::move(rest));
}

void Connection::run_script(Script script) {
  script_ = std::make_unique<Script>(std::move(script));
  script_->body_started_ns = exchange_.due_ns;
  state_ = State::writing;
  step();
}

void Connection::resume_at(std::int64_t due_ns) {
  timer_.expires_at(at_ns(due_ns));
  timer_.async_wait([self = Self(this)](const error_code& error) {
    if (!error && self->state_ == State::writing) self->step(), self->advance();
  });
}

void Connection::step() {
  while (script_->at != script_->steps.size()) {
    Step& now = script_->steps[script_->at];
    switch (now.kind) {
      case Step::Kind::text:
      case Step::Kind::body:
        if (!write_step(now)) return;
        break;
      case Step::Kind::pause:
        ++script_->at;
        script_->body_started_ns = now_ns() + now.pause.count();
        return resume_at(script_->body_started_ns);
      case Step::Kind::finish:
        end_exchange(script_->ending);
        return close_gently();
      case Step::Kind::reset:
        end_exchange(script_->ending);
        return close(true);
      case Step::Kind::hang: return;  // the armed read sees the client go
    }
    ++script_->at;
  }
  end_exchange(script_->ending);
  script_.reset();
  state_ = State::reading;
  next_request();
}

// A body at a rate: byte k is written k / rate after the body began, never earlier. True: now is the time for the piece.
bool Connection::wait_for_rate(const Step& step, std::size_t piece) {
  const double ns = static_cast<double>(step.offset + piece) * 1e9 / step.bytes_per_second;
  const std::int64_t due = script_->body_started_ns + static_cast<std::int64_t>(ns);
  if (now_ns() >= due) return true;
  resume_at(due);
  return false;
}

// True: the step is through. False: it goes on later, or the connection is gone.
bool Connection::write_step(Step& step) {
  const bool text = step.kind == Step::Kind::text;
  while (text ? step.offset < step.text.size() : step.size != 0) {
    std::string_view piece =
        text ? std::string_view(step.text).substr(step.offset) : body_window(step.item, step.offset, step.size);
    if (step.bytes_per_second != 0) {
      piece = piece.substr(0, std::max<std::size_t>(1, step.bytes_per_second / kPiecesPerSecond));
      if (!wait_for_rate(step, piece.size())) return false;
    }
    error_code error;
    const std::size_t n = socket_.write_some(asio::buffer(piece), error);
    service_.ledger.sent(exchange_, n);
    step.offset += n;
    step.size -= text ? 0 : n;
    if (!error) continue;
    if (!would_block(error)) {
      end_exchange(Ending::cut_by_client);
      close(false);
      return false;
    }
    socket_.async_wait(Stream::wait_write, [self = Self(this)](const error_code& failed) {
      if (!failed && self->state_ == State::writing) self->step(), self->advance();
    });
    return false;
  }
  return true;
}

// A reply that its fate breaks counts as cut by the server even where the client turns away from the wreck first; only
// a client that is kept waiting ends the exchange itself.
void Connection::end_exchange(Ending how) {
  if (!in_exchange_) return;
  if (how == Ending::cut_by_client && script_ && script_->ending == Ending::cut_by_server &&
      script_->steps.back().kind != Step::Kind::hang) {
    how = Ending::cut_by_server;
  }
  in_exchange_ = false;
  --service_.under_way;
  service_.ledger.ended(exchange_, how, exchange_.run != 0 ? now_ns() : 0);
}

void Connection::next_request() {
  in_.consume(message_);
  message_ = 0;
  continued_ = false;
  if (!keep_alive_) return close_gently();
  parser_.emplace();
}

void Connection::refuse(const Refusal& refusal) { refuse(refusal.status, refusal.reason); }

void Connection::refuse(std::uint16_t status, std::string_view reason) {
  keep_alive_ = keep_alive_ && status == 404;
  Script script;
  script.text(fmt::format("HTTP/1.1 {} {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n{}\r\n{}\n", status,
                          reason_of(status), reason.size() + 1, line_of(persistence()), reason));
  if (!keep_alive_) script.then(Step::Kind::finish);
  run_script(std::move(script));
}

// FIN, then reading until the client closes: closing with unread bytes would send RST and might destroy the reply.
void Connection::close_gently() {
  state_ = State::lingering;
  error_code ignored;
  socket_.shutdown(Stream::shutdown_send, ignored);
  timer_.expires_after(kLingerLimit);
  timer_.async_wait([self = Self(this)](const error_code& error) {
    if (!error && self->state_ == State::lingering) self->close(false);
  });
}

void Connection::close(bool reset) {
  if (state_ == State::closed) return;
  state_ = State::closed;
  error_code ignored;
  if (reset) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  timer_.cancel();
  socket_.close(ignored);
}

void Connection::drain() {
  const bool hangs = state_ == State::writing && exchange_.fate.fault == Fault::hang;
  if (in_exchange_ && !hangs) {
    keep_alive_ = false;
    return;
  }
  end_exchange(Ending::cut_by_server);
  close(false);
}

}  // namespace interleave
