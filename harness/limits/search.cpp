// The search.
// SPDX-License-Identifier: Apache-2.0
#include "harness/limits/search.hpp"

#include <algorithm>

namespace interleave {
namespace {

constexpr std::size_t kStride = 4;     // rungs at a time: half a decade
constexpr std::size_t kConfirmed = 3;  // answers

}  // namespace

std::optional<bool> Search::Answers::holds() const {
  if (2 * hold == all) return std::nullopt;
  return 2 * hold > all;
}

bool Search::Answers::is_confirmed() const { return holds() && (is_sure || all >= kConfirmed); }

void Search::add(std::size_t rung, bool holds, bool is_sure) {
  Answers& answers = answers_[rung];
  answers.hold += holds ? 1 : 0;
  ++answers.all;
  answers.is_sure = answers.is_sure || is_sure;
}

Search::Place Search::place() const {
  Place place;
  const auto look = [&](std::size_t rung) {
    const std::optional<bool> holds = answers_[rung].holds();
    if (!holds) place.asks = rung;
    else (*holds ? place.holds : place.fails) = rung;
    return holds.has_value();
  };
  const std::size_t last = answers_.size() - 1;
  for (std::size_t rung = 0;; rung = std::min(rung + kStride, last)) {
    if (!look(rung)) return place;
    if (place.fails || rung == last) break;
  }
  while (place.fails && *place.fails - (place.holds ? *place.holds + 1 : 0) > 0) {
    const std::size_t low = place.holds ? *place.holds + 1 : 0;
    if (!look(low + (*place.fails - low) / 2)) return place;
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
    if (answers_[static_cast<std::size_t>(rung)].all < kConfirmed) return static_cast<std::size_t>(rung);
  }
  return std::nullopt;
}

std::optional<std::size_t> Search::last_that_holds() const { return place().holds; }
std::optional<std::size_t> Search::first_that_does_not() const { return place().fails; }

}  // namespace interleave
