// Pairs of keys that cannot be meant.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/contradictions.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>

namespace interleave {
namespace {

using Given = std::function<bool(const char*)>;

// A key that is accepted must change what is sent.
void refuse_idle_keys(const Given& given, Fault fault) {
  if (!given("fault")) return;
  constexpr std::array<const char*, 6> kOfHeader{"status", "bytes", "retry_after", "location", "close", "close_after"};
  for (const char* const key : kOfHeader) {
    if (traits_of(fault).has(kNoHeader) && given(key))
      throw BadFate(fmt::format("{} contradicts fault: that one sends no header", key));
  }
  if (traits_of(fault).has(kOwnBody) && given("bytes"))
    throw BadFate("bytes contradicts fault: that one brings its own body");
  if (given("header_pause") && !traits_of(fault).has(kPause)) throw BadFate("header_pause contradicts fault");
}

void refuse_framings(const Given& given, const Fate& fate, const ReplyPlan& plan) {
  const bool whole = traits_of(fate.fault).has(kPieces);
  if (given("chunks") && !traits_of(fate.fault).has(kChunks))
    throw BadFate("chunks contradicts fault: that reply is not chunked");
  if (given("pieces") && !whole) throw BadFate("pieces contradicts fault; chunked replies take chunks");
  if (given("chunks") && given("pieces")) throw BadFate("chunks contradicts pieces");
  if (given("drip") && plan.pieces < 2) throw BadFate("drip needs chunks or pieces of at least 2");
  if (given("rate") && (plan.pieces > 1 || !whole)) throw BadFate("rate contradicts chunks, pieces and that fault");
  if (plan.at && *plan.at > fate.bytes) throw BadFate("fault: @bytes lies beyond bytes");
  if (fate.fault == Fault::chunk_bytes && fate.bytes > kMostChunkBytes)
    throw BadFate("bytes: at most 1M with chunk_bytes");
}

void refuse_closes(const Given& given, Fault fault, const ReplyPlan& plan) {
  if (given("close") && given("close_after")) throw BadFate("close contradicts close_after");
  if (given("close") && traits_of(fault).has(kCloses))
    throw BadFate("close would change nothing: that fault closes anyway");
  const bool must_stay = plan.close_unannounced || plan.idle_408;
  if (must_stay && (given("close") || given("close_after")))
    throw BadFate("close contradicts fault: that one promises to stay");
  if (given("idle") && !plan.idle_408) throw BadFate("idle needs fault=idle_408");
}

void refuse_long_replies(const Fate& fate, const ReplyPlan& plan) {
  if (plan.drip * plan.pieces > kMostDelay) throw BadFate("drip: the whole reply may take at most 300 s");
  if (body_time(fate) > kMostDelay) throw BadFate("rate: the whole reply may take at most 300 s");
  if (fate.delay + plan.header_pause + plan.drip * plan.pieces + body_time(fate) > kMostDelay) {
    throw BadFate("delay: with header_pause, drip and rate the whole reply may take at most 300 s");
  }
}

}  // namespace

void refuse_contradictions(const FateKeys& keys, const Fate& fate, const ReplyPlan& plan) {
  const Given given = [&](const char* key) { return keys.count(key) != 0; };
  refuse_framings(given, fate, plan);
  refuse_closes(given, fate.fault, plan);
  refuse_idle_keys(given, fate.fault);
  refuse_long_replies(fate, plan);
  if (given("burst") && !given("limit")) throw BadFate("burst needs limit");
  if (fate.status == 204 || fate.status == 304) {
    if (given("bytes") && fate.bytes != 0) throw BadFate("bytes contradicts status: it has no body");
    if (fate.fault != Fault::status) throw BadFate("fault contradicts status: it has no body");
  }
}

}  // namespace interleave
