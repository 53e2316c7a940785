// httpbin's well-known paths, and what they answer.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/numbers/mix.hpp"
#include "harness/server/explicit_fate.hpp"
#include "harness/server/form.hpp"
#include "harness/server/front_page.hpp"
#include "harness/server/request_json.hpp"
#include "harness/server/text.hpp"
#include "harness/text/leading_number.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMostPieces = 10'000;
constexpr std::uint64_t kMostHops = 100;

void tell(const json& body, ReplyPlan& plan) {
  plan.fields += "Content-Type: application/json\r\n";
  plan.content = body.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

// Digits and nothing else.
std::uint64_t whole_of(const std::string& key, std::string_view text, std::uint64_t most) {
  const auto [number, error, rest] = leading_number<std::uint64_t>(text);
  if (error == std::errc::invalid_argument || !rest.empty()) {
    throw BadFate(fmt::format("{}={}: use a whole number, without a unit", key, text));
  }
  if (error != std::errc() || number > most) throw BadFate(fmt::format("{}={}: at most {}", key, text, most));
  return number;
}

double real_of(const std::string& key, std::string_view text) {
  const auto number = leading_number<double>(text);
  if (!number.is_all() || !std::isfinite(number.value) || number.value < 0) {
    throw BadFate(fmt::format("{}={}: use a number, not negative and without a unit", key, text));
  }
  return number.value;
}

// Seconds, as httpbin counts: with a fraction, and no unit.
std::chrono::nanoseconds seconds_of(const std::string& key, std::string_view text) {
  real_of(key, text);
  return duration_of(key, std::string(text) + "s");
}

void answer_status(std::uint64_t status, Fate& fate, ReplyPlan& plan) {
  if (status < 200) throw BadFate("status: use 200 to 999");
  fate.status = static_cast<std::uint16_t>(status);
  fate.fault = status == 200 ? Fault::none : Fault::status;
  constexpr std::array<std::uint64_t, 6> kRedirects{301, 302, 303, 305, 307, 308};
  if (std::find(kRedirects.begin(), kRedirects.end(), status) != kRedirects.end()) {
    plan.fields += "Location: /redirect/1\r\n";
  }
}

// ---- What each route does: its request, what follows its name, and what to answer ----

void get(const RouteRequest& request, std::string_view, Fate&, ReplyPlan& plan) {
  tell(told(request, {"args", "headers", "origin", "url"}), plan);
}

void post(const RouteRequest& request, std::string_view, Fate&, ReplyPlan& plan) {
  tell(told(request, {"args", "data", "files", "form", "headers", "json", "origin", "url"}), plan);
}

void anything(const RouteRequest& request, std::string_view, Fate&, ReplyPlan& plan) {
  tell(told(request, {"args", "data", "files", "form", "headers", "json", "method", "origin", "url"}), plan);
}

void headers(const RouteRequest& request, std::string_view, Fate&, ReplyPlan& plan) {
  tell(told(request, {"headers"}), plan);
}

void ip(const RouteRequest& request, std::string_view, Fate&, ReplyPlan& plan) {
  tell(told(request, {"origin"}), plan);
}

void user_agent(const RouteRequest& request, std::string_view, Fate&, ReplyPlan& plan) {
  tell({{"user-agent", field_of(request, "user-agent")}}, plan);
}

void echo(const RouteRequest& request, std::string_view, Fate&, ReplyPlan& plan) {
  if (const std::string_view type = field_of(request, "content-type"); !type.empty()) {
    plan.fields += fmt::format("Content-Type: {}\r\n", type);
  }
  plan.content = request.body;
}

// "418", "200,500", or with weights "200:3,500:0.5": request after request one of them, by their weights.
void status(const RouteRequest& request, std::string_view codes, Fate& fate, ReplyPlan& plan) {
  std::vector<std::pair<double, std::uint64_t>> upto;
  double sum = 0;
  for (const std::string_view each : split(codes, ',')) {
    const std::size_t colon = each.find(':');
    const std::uint64_t code = whole_of("status", each.substr(0, colon), 999);
    sum += colon == std::string_view::npos ? 1 : real_of("weight", each.substr(colon + 1));
    upto.emplace_back(sum, code);
  }
  if (!(sum > 0) || !std::isfinite(sum)) throw BadFate("status: the weights must add up to more than 0");
  const double drawn = std::ldexp(static_cast<double>(mix64(request.number) >> 11), -53) * sum;
  auto chosen = std::find_if(upto.begin(), upto.end(), [&](const auto& each) { return drawn < each.first; });
  if (chosen == upto.end()) --chosen;  // rounding
  answer_status(chosen->second, fate, plan);
  fate.bytes = 0;
}

void delay(const RouteRequest& request, std::string_view seconds, Fate& fate, ReplyPlan& plan) {
  fate.delay = seconds_of("delay", seconds);
  anything(request, {}, fate, plan);
}

void hop_to(std::string_view kind, std::string_view hops, const RouteRequest& request, Fate& fate, ReplyPlan& plan) {
  const std::uint64_t left = whole_of("redirect", hops, kMostHops);
  if (left == 0) throw BadFate(fmt::format("redirect: use 1 to {}", kMostHops));
  fate.fault = Fault::status;
  fate.status = 302;
  fate.bytes = 0;
  const std::string base = kind == "absolute" ? origin_of_url(request) : "";
  plan.fields += left == 1 ? fmt::format("Location: {}/get\r\n", base)
                           : fmt::format("Location: {}/{}-redirect/{}\r\n", base, kind, left - 1);
}

void redirect(const RouteRequest& request, std::string_view hops, Fate& fate, ReplyPlan& plan) {
  bool absolute = false;
  for (const auto& [key, value] : keys_of_query(request.query)) {
    if (key != "absolute") throw BadFate("unknown parameter '" + key + "'; /redirect takes absolute");
    absolute = lower(value) == "true";
  }
  hop_to(absolute ? "absolute" : "relative", hops, request, fate, plan);
}

void relative_redirect(const RouteRequest& request, std::string_view hops, Fate& fate, ReplyPlan& plan) {
  hop_to("relative", hops, request, fate, plan);
}

void absolute_redirect(const RouteRequest& request, std::string_view hops, Fate& fate, ReplyPlan& plan) {
  hop_to("absolute", hops, request, fate, plan);
}

void redirect_loop(const RouteRequest&, std::string_view, Fate& fate, ReplyPlan& plan) {
  fate.fault = Fault::status;
  fate.status = 302;
  plan.fields += "Location: /redirect-loop\r\n";
}

void drip(const RouteRequest& request, std::string_view, Fate& fate, ReplyPlan& plan) {
  std::uint64_t bytes = 10;
  auto duration = std::chrono::nanoseconds(std::chrono::seconds(2));
  for (const auto& [key, value] : keys_of_query(request.query)) {
    if (key == "duration") duration = seconds_of(key, value);
    else if (key == "delay") fate.delay = seconds_of(key, value);
    else if (key == "code") answer_status(whole_of(key, value, 999), fate, plan);
    else if (key == "numbytes") bytes = whole_of(key, value, kMostPieces);
    else throw BadFate("unknown parameter '" + key + "'; /drip takes duration, delay, code and numbytes");
  }
  if (bytes == 0) throw BadFate("numbytes=0: at least 1");
  plan.fields += "Content-Type: application/octet-stream\r\n";
  plan.content = std::string(bytes, '*');
  plan.pieces = static_cast<std::uint32_t>(bytes);
  plan.drip = duration / plan.pieces;
}

// A size may have a unit here, which httpbin's has not.
void size_body(std::string_view count, Fate& fate, ReplyPlan& plan) {
  fate.bytes = static_cast<std::uint32_t>(amount_of("bytes", count, kMostBytes));
  plan.fields += "Content-Type: application/octet-stream\r\n";
}

void bytes(const RouteRequest& request, std::string_view count, Fate& fate, ReplyPlan& plan) {
  size_body(count, fate, plan);
  for (const auto& [key, value] : keys_of_query(request.query)) {
    if (key != "seed") throw BadFate("unknown parameter '" + key + "'; /bytes takes seed");
    plan.noise = whole_of(key, value, UINT64_MAX);
  }
}

void stream_bytes(const RouteRequest& request, std::string_view count, Fate& fate, ReplyPlan& plan) {
  size_body(count, fate, plan);
  std::uint64_t chunk = 10'240;
  for (const auto& [key, value] : keys_of_query(request.query)) {
    if (key == "chunk_size") chunk = std::max<std::uint64_t>(1, whole_of(key, value, kMostBytes));
    else if (key == "seed") plan.noise = whole_of(key, value, UINT64_MAX);
    else throw BadFate("unknown parameter '" + key + "'; /stream-bytes takes chunk_size and seed");
  }
  const std::uint64_t chunks = (fate.bytes + chunk - 1) / chunk;
  if (chunks > kMostPieces) throw BadFate("chunk_size: at most 10,000 chunks");
  fate.fault = Fault::chunked;
  plan.pieces = static_cast<std::uint32_t>(chunks);
  plan.piece_bytes = chunk;
}

// What brings a body gets it back, so that clients which know no other path have something to send to.
void front_page(const RouteRequest& request, std::string_view, Fate& fate, ReplyPlan& plan) {
  if (request.method != "GET" && request.method != "HEAD") return echo(request, {}, fate, plan);
  const bool html = field_of(request, "accept").find("text/html") != std::string_view::npos;
  plan.fields += html ? "Content-Type: text/html; charset=utf-8\r\n" : "Content-Type: text/plain; charset=utf-8\r\n";
  plan.fields += "Vary: Accept\r\n";
  plan.content = html ? front_page_html() : front_page_text();
}

// ---- The table ----

constexpr std::string_view kAny;  // whatever the method
constexpr std::string_view kGet = "GET, HEAD, OPTIONS";
constexpr std::string_view kMost = "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE, TRACE";

enum class Rest : std::uint8_t { none, maybe, needed };  // behind the name

struct Route {
  std::string_view name;
  Rest rest = Rest::none;
  std::string_view methods = kAny;
  void (*answer)(const RouteRequest&, std::string_view rest, Fate&, ReplyPlan&);
  std::string_view asked;  // as one asks for it
  std::string_view means;
};

constexpr std::array kRoutes{
    Route{.name = "/", .answer = front_page, .asked = "/", .means = "this page; POST: as /echo"},
    Route{.name = "/get",
          .methods = kGet,
          .answer = get,
          .asked = "/get?a=1",
          .means = "the request's arguments, headers, origin and url, as JSON"},
    Route{.name = "/post",
          .methods = "POST, OPTIONS",
          .answer = post,
          .asked = "/post",
          .means = "these, and its data, form, files and json"},
    Route{.name = "/put", .methods = "PUT, OPTIONS", .answer = post, .asked = "/put", .means = "the same for PUT"},
    Route{.name = "/patch",
          .methods = "PATCH, OPTIONS",
          .answer = post,
          .asked = "/patch",
          .means = "the same for PATCH"},
    Route{.name = "/delete",
          .methods = "DELETE, OPTIONS",
          .answer = post,
          .asked = "/delete",
          .means = "the same for DELETE"},
    Route{.name = "/anything",
          .rest = Rest::maybe,
          .methods = kMost,
          .answer = anything,
          .asked = "/anything/below",
          .means = "all that, and the method, for any of them"},
    Route{
        .name = "/headers", .methods = kGet, .answer = headers, .asked = "/headers", .means = "the request's headers"},
    Route{.name = "/ip", .methods = kGet, .answer = ip, .asked = "/ip", .means = "where it came from"},
    Route{.name = "/user-agent",
          .methods = kGet,
          .answer = user_agent,
          .asked = "/user-agent",
          .means = "its User-Agent"},
    Route{.name = "/echo", .answer = echo, .asked = "/echo", .means = "the body of any method"},
    Route{.name = "/status",
          .rest = Rest::needed,
          .methods = kMost,
          .answer = status,
          .asked = "/status/200:0.9,500:0.1",
          .means = "a status, or one of several by weight"},
    Route{.name = "/delay",
          .rest = Rest::needed,
          .methods = kMost,
          .answer = delay,
          .asked = "/delay/1.5",
          .means = "as /anything, after so many seconds"},
    Route{.name = "/bytes",
          .rest = Rest::needed,
          .methods = kGet,
          .answer = bytes,
          .asked = "/bytes/64K?seed=1",
          .means = "so many bytes"},
    Route{.name = "/stream-bytes",
          .rest = Rest::needed,
          .methods = kGet,
          .answer = stream_bytes,
          .asked = "/stream-bytes/5000?chunk_size=700",
          .means = "the same in chunks"},
    Route{.name = "/drip",
          .methods = kGet,
          .answer = drip,
          .asked = "/drip?duration=2&numbytes=10&delay=0&code=200",
          .means = "bytes one by one"},
    Route{.name = "/redirect",
          .rest = Rest::needed,
          .methods = kGet,
          .answer = redirect,
          .asked = "/redirect/5",
          .means = "so many redirects, the last to /get"},
    Route{.name = "/relative-redirect",
          .rest = Rest::needed,
          .methods = kGet,
          .answer = relative_redirect,
          .asked = "/relative-redirect/5",
          .means = "the same"},
    Route{.name = "/absolute-redirect",
          .rest = Rest::needed,
          .methods = kGet,
          .answer = absolute_redirect,
          .asked = "/absolute-redirect/5",
          .means = "the same, with host"},
    Route{.name = "/redirect-loop",
          .methods = kGet,
          .answer = redirect_loop,
          .asked = "/redirect-loop",
          .means = "a redirect to itself"},
};

bool allows(const Route& route, std::string_view method) {
  if (route.methods.empty()) return true;
  for (const std::string_view each : split(route.methods, ',')) {
    if (trimmed(each) == method) return true;
  }
  return false;
}

// 405 for a method that the route has not; 200 for OPTIONS. Either says which it has.
void tell_methods(const Route& route, bool asked, Fate& fate, ReplyPlan& plan) {
  plan.fields += fmt::format("Allow: {}\r\n", route.methods);
  plan.content = asked ? "" : fmt::format("{} takes {}\n", route.name, route.methods);
  if (asked) return;
  plan.fields += "Content-Type: text/plain\r\n";
  fate.fault = Fault::status;
  fate.status = 405;
}

}  // namespace

std::string_view field_of(const RouteRequest& request, std::string_view name) {
  for (const auto& [given, value] : request.fields) {
    if (given.size() == name.size() && lower(given) == name) return value;
  }
  return {};
}

bool route(const RouteRequest& request, Fate& fate, ReplyPlan& plan) {
  const std::size_t slash = request.path.find('/', 1);
  const std::string_view name = request.path.substr(0, slash);
  const bool has_rest = slash != std::string_view::npos && slash + 1 < request.path.size();
  const std::string_view rest = has_rest ? request.path.substr(slash + 1) : std::string_view();
  const auto* const found =
      std::find_if(kRoutes.begin(), kRoutes.end(), [&](const Route& each) { return each.name == name; });
  if (found == kRoutes.end() || (found->rest == Rest::needed && !has_rest)) return false;
  if (found->rest == Rest::none && slash != std::string_view::npos) return false;
  if (found->answer == front_page && !request.query.empty()) return false;  // "/" with keys is a path like any other
  if (!allows(*found, request.method)) tell_methods(*found, false, fate, plan);
  else if (request.method == "OPTIONS" && !found->methods.empty()) tell_methods(*found, true, fate, plan);
  else found->answer(request, rest, fate, plan);
  return true;
}

std::vector<std::pair<std::string_view, std::string_view>> route_list() {
  std::vector<std::pair<std::string_view, std::string_view>> list;
  for (const Route& each : kRoutes) list.emplace_back(each.asked, each.means);
  return list;
}

}  // namespace interleave
