// The search.
// SPDX-License-Identifier: Apache-2.0
#include "harness/limits/search.hpp"

#include <algorithm>

namespace interleave {
namespace {

constexpr std::size_t kStride = 4;         // rungs at a time: half a decade
constexpr std::size_t kProve = 2;          // answers that hold
constexpr std::size_t kDisprove = 5;       // answers that do not
constexpr std::size_t kTurnBack = 2;       // of a stride: a false one costs more than to ask again
constexpr std::size_t kAnswersBeside = 3;  // at the further rungs

// Most can be kept up with a decade up, and the lowest rungs of a rate take longest; on a short ladder, the middle.
std::size_t first_asked(std::size_t rungs) { return std::min(2 * kStride, rungs / 2 / kStride * kStride); }

}  // namespace

std::optional<bool> Search::Answers::holds(std::size_t least_that_do_not) const {
  if (all == 0) return std::nullopt;
  if (hold >= kProve) return true;
  if (hold == 0 && !is_sure && all < least_that_do_not) return std::nullopt;
  return hold > 0 && !is_sure && all - hold < kDisprove;
}

bool Search::Answers::is_confirmed() const { return is_sure || hold >= kProve || all - hold >= kDisprove; }

void Search::add(std::size_t rung, bool holds, bool is_sure) {
  Answers& answers = answers_[rung];
  answers.hold += holds ? 1 : 0;
  ++answers.all;
  answers.is_sure = answers.is_sure || is_sure;
}

// Whether it is answered; else it is what the search asks for.
bool Search::look(Place& place, std::size_t rung, std::size_t least_that_do_not) const {
  const std::optional<bool> holds = answers_[rung].holds(least_that_do_not);
  if (!holds) place.asks = rung;
  else (*holds ? place.holds : place.fails) = rung;
  return holds.has_value();
}

// Whether both sides of the edge are found, or an end of the ladder.
bool Search::stride(Place& place) const {
  const std::size_t last = answers_.size() - 1;
  std::size_t rung = first_asked(answers_.size());
  if (!look(place, rung, kTurnBack)) return false;
  while (place.holds && !place.fails && rung < last) {
    rung = std::min(rung + kStride, last);
    if (!look(place, rung, kTurnBack)) return false;
  }
  while (!place.holds && rung > 0) {
    rung -= std::min(rung, kStride);
    if (!look(place, rung, kTurnBack)) return false;
  }
  return true;
}

Search::Place Search::place() const {
  Place place;
  if (!stride(place)) return place;
  while (place.fails && *place.fails - (place.holds ? *place.holds + 1 : 0) > 0) {
    const std::size_t low = place.holds ? *place.holds + 1 : 0;
    if (!look(place, low + (*place.fails - low) / 2, 1)) return place;
  }
  for (const auto& edge : {place.holds, place.fails}) {
    if (edge && !answers_[*edge].is_confirmed()) {
      place.asks = edge;
      return place;
    }
  }
  return place;
}

std::optional<std::size_t> Search::next() const {
  const Place now = place();
  if (now.asks || !now.holds) return now.asks;
  for (const int offset : also_) {
    const long rung = std::max(0L, static_cast<long>(*now.holds) + offset);
    if (answers_[static_cast<std::size_t>(rung)].all < kAnswersBeside) return static_cast<std::size_t>(rung);
  }
  return std::nullopt;
}

std::optional<std::size_t> Search::last_that_holds() const { return place().holds; }
std::optional<std::size_t> Search::first_that_does_not() const { return place().fails; }

std::optional<std::size_t> Search::last_that_mostly_holds() const {
  const std::optional<std::size_t> holds = last_that_holds();
  if (!holds) return std::nullopt;
  std::size_t least = *holds;
  for (std::size_t rung = *holds + 1; rung-- > 0;) {
    const Answers& answers = answers_[rung];
    if (!answers.holds(1).value_or(false)) continue;
    least = rung;
    if (2 * answers.hold > answers.all) break;
  }
  return least;
}

std::optional<std::size_t> Search::last_that_held_once() const {
  std::optional<std::size_t> rung = last_that_holds();
  while (rung && *rung + 1 < answers_.size() && answers_[*rung + 1].hold > 0) ++*rung;
  return rung;
}

}  // namespace interleave
