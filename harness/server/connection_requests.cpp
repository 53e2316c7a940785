// From the bytes of a request to its fate.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <functional>
#include <utility>

#include "harness/numbers/clock.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/server/connection.hpp"
#include "harness/server/explicit_fate.hpp"
#include "harness/server/flags.hpp"
#include "harness/server/reply_header.hpp"
#include "harness/server/routes.hpp"
#include "harness/text/leading_number.hpp"

namespace interleave {
namespace {

constexpr std::chrono::seconds kHeaderLimit{5};
constexpr std::uint64_t kMostAttempts = 32;
constexpr std::uint32_t kDefaultBytes = 1024;  // of an explicit reply that names no size

// The number after "/item/", and nothing behind it.
std::optional<std::uint64_t> item_of(std::string_view text) {
  const auto item = leading_number<std::uint64_t>(text);
  return item.is_all() ? std::optional(item.value) : std::nullopt;
}

}  // namespace

// Takes requests until there is nothing left to parse, or one has to wait.
void Connection::advance() {
  while (state_ == State::reading && parse()) handle();
  read();
}

bool Connection::parse() {
  if (shard_.draining) {
    close(false);
    return false;
  }
  while (!parser_->got_some() && in_.view().starts_with("\r\n")) in_.consume(2);  // RFC 9112, 2.2
  const std::string_view view = in_.view();
  if (view.empty()) return false;
  message_ += parser_->take_bytes(view.substr(message_));
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
    // The request may have come together with the end of its time: then a cancel() was too late.
    const bool over = self->timer_for_header_ && Clock::now() >= self->timer_.expiry();
    if (error || !over || self->state_ != State::reading) return;
    self->keep_alive_ = false;
    self->refuse(408, "the request did not arrive within 5 s");
  });
}

// RFC 9110, 15.5.9: a server may tell a connection that it closes for being idle. A request that is on its way then is
// lost.
void Connection::give_up_when_idle(std::chrono::nanoseconds idle) {
  timer_.expires_after(idle);
  timer_.async_wait([self = Self(this), requests = requests_](const error_code& error) {
    const bool still = self->state_ == State::reading && self->requests_ == requests && self->in_.view().empty() &&
                       !self->parser_->got_some();
    if (error || !still) return;
    self->keep_alive_ = false;
    self->refuse(408, "this connection was idle");
  });
}

void Connection::handle() {
  if (timer_for_header_) timer_.cancel();
  timer_for_header_ = false;
  keep_alive_ = parser_->keep_alive();
  exchange_ = Exchange{};
  of_item_ = false;
  exchange_.parsed_ns = now_ns();
  plan_.reset();
  ++requests_;
  ++shard_.requests;
  constexpr std::string_view kItem = "/item/";
  const std::string_view target = parser_->target();
  if (target.starts_with(kItem) && parser_->fields().empty()) {
    if (const auto item = item_of(target.substr(kItem.size()))) {
      deal(*item, 0);
      return begin_exchange();
    }
  }
  handle_other();
}

// The seeded fate of an item.
void Connection::deal(std::uint64_t item, std::uint32_t attempt) {
  const RunFates& fates = service_.ledger.open() ? service_.ledger.fates() : fates_;
  of_item_ = true;
  exchange_.item = item;
  exchange_.attempt = attempt;
  exchange_.fate = fates.of(item, attempt);
  const bool to_retry = exchange_.fate.status == 429 || exchange_.fate.status == 503;
  if (fates.retry_after_s() != 0 && to_retry) {
    plan_ = std::make_unique<ReplyPlan>();
    plan_->retry_after_s = fates.retry_after_s();
  }
}

Target Connection::asked_for() const {
  return *target_of(parser_->target(),
                    parser_->method() == boost::beast::http::verb::options);  // the parser has seen it
}

// Everything but the plain request of an item.
void Connection::handle_other() try {
  const Target target = asked_for();
  if (target.path == "/ready" && target.query.empty() && parser_->fields().empty()) {
    exchange_.due_ns = exchange_.parsed_ns;
    return write_plain();
  }
  if (target.path == "*") return tell(200, "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE\r\n", "");
  handle_explicit(target);
} catch (const BadFate& bad) {
  refuse(400, bad.what());
}

void Connection::handle_explicit(const Target& target) {
  const std::string_view path = target.path;
  auto plan = std::make_unique<ReplyPlan>();
  FateKeys keys = keys_of_fields(parser_->fields());
  constexpr std::string_view kItem = "/item/";
  if (!handle_flag(path, *plan) && !route(route_request(target), exchange_.fate, *plan)) {
    FateKeys of_query = keys_of_query(target.query);
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
      return refuse(404,
                    "nothing here; try /any/path?delay=120ms&status=503, /item/7, /get or /status/418, or / for all");
    } else {
      exchange_.fate.bytes = kDefaultBytes;
      if (keys.count("bytes") == 0 && (keys.count("status") != 0) &&
          (keys["status"] == "204" || keys["status"] == "304")) {
        exchange_.fate.bytes = 0;
      }
    }
  }
  apply_keys(keys, exchange_.fate, *plan);
  if (!admit(path, *plan)) return refuse(503, "limit and shed_above are in use for 10,000 paths already");
  if (plan->close_unannounced || plan->idle_408) shard_.tally.race();
  if (plan->content) exchange_.fate.bytes = static_cast<std::uint32_t>(plan->content->size());
  if (!of_item_) exchange_.item = plan->noise;
  plan_ = std::move(plan);
  begin_exchange();
}

// The classic files: on a classic port with the fate of that port, elsewhere at once. Whatever goes wrong has no
// content.
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

// Lays a 429 or 503 over the fate of a request that its path has no room for now. False: nothing can be said about the
// path.
bool Connection::admit(std::string_view path, ReplyPlan& plan) {
  using Verdict = Admitted::Verdict;
  const AdmissionRule& rule = plan.admission;
  if (rule.per_second == 0 && rule.shed_above == 0) return true;
  if (path.starts_with("/item/")) {
    throw BadFate("limit and shed_above cannot be laid over /item/: they depend on the moment, and its fate does not");
  }
  const std::uint64_t key = Admission::key_of(path);
  const Admitted admitted = service_.admission.ask(key, rule, exchange_.parsed_ns);
  if (admitted.verdict == Verdict::too_many_paths) return false;
  if (admitted.verdict == Verdict::yes) {
    plan.gate = rule.shed_above != 0 ? key : 0;
    return true;
  }
  const bool over_rate = admitted.verdict == Verdict::over_rate;
  if (over_rate) shard_.tally.rate_limited();
  else shard_.tally.load_shed();
  exchange_.fate = Fate{};
  exchange_.fate.fault = Fault::status;
  exchange_.fate.status = over_rate ? 429 : 503;
  plan = ReplyPlan{};
  plan.retry_after_s = admitted.retry_after_s;
  plan.content = over_rate ? "over the limit of this path\n" : "too many requests of this path are under way\n";
  return true;
}

// A retry is early if it comes before what Retry-After said to the last attempt.
void Connection::note_retry() {
  const std::uint64_t key = of_item_ ? exchange_.item
                                     : mix64(std::hash<std::string_view>()(asked_for().path),
                                             std::hash<std::string_view>()(asked_for().query));
  if (service_.retries.early(key, exchange_.parsed_ns)) shard_.tally.early_retry();
  if (plan_ && plan_->retry_after_s != 0) {
    service_.retries.note(key,
                          exchange_.parsed_ns + exchange_.fate.delay.count() + plan_->retry_after_s * 1'000'000'000LL);
  }
}

void Connection::refuse(const Refusal& refusal) { refuse(refusal.status, refusal.reason); }

void Connection::refuse(std::uint16_t status, std::string_view reason) {
  keep_alive_ = keep_alive_ && status == 404;
  tell(status, "Content-Type: text/plain\r\n", fmt::format("{}\n", reason));
}

// A reply that is no exchange: nothing of it is counted.
void Connection::tell(std::uint16_t status, std::string_view lines, std::string_view content) {
  const ReplyTerms asked = terms(now_ns());
  Script script;
  script.text(fmt::format("HTTP/1.1 {} {}\r\n{}{}Content-Length: {}\r\n{}\r\n", status, reason_of(status), asked.date,
                          lines, content.size(), line_of(asked.persistence)));
  if (!asked.head) script.text(std::string(content));
  if (!keep_alive_) script.then(Step::Kind::finish);
  run_script(std::move(script));
}

// What the routes need to know.
RouteRequest Connection::route_request(const Target& target) {
  return {.method = parser_->method_text(),
          .path = target.path,
          .query = target.query,
          .authority = target.authority,
          .fields = parser_->fields(),
          .body = parser_->body(),
          .socket = socket_.native_handle(),
          .number = shard_.requests};
}

}  // namespace interleave
