// exhibition's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>

#include "harness/load/workload.hpp"
#include "workloads/compute/kernel.hpp"
#include "workloads/exhibition/moves.hpp"

namespace interleave {

class ExhibitionSpec {
 public:
  static constexpr Setting kParameters[] = {
      {"pairs", "8", "move pairs of a game, 1 to 4095; the original has 30"},
      {"scale", "1000", "how many times faster than life it is, 1 to 10^6: 5 s for a move, 55 s for the reply to it"},
      {"squares_per_us", "3000", "what counts as a microsecond of a move, 1 to 10^6; interleave doctor measures it"}};
  static constexpr Axis kAxes[] = {{"in_flight", "boards at once", AxisOf::load}, {"pairs", "move pairs a board"}};
  // One at a time, and going round: 12 hours against one. The player is one person, hence one core.
  static constexpr Series kSeries[] = {{.profile = "classics",
                                        .in_flight = {1, 24},
                                        .least_items = 24,
                                        .cores = 1,
                                        .parameters = {{"pairs", "10"}, {"scale", "10000"}}}};
  static constexpr Declared kAbout{.name = "exhibition",
                                   .summary = "a board: the player's moves are CPU work, the replies to them waits",
                                   .waits = true,
                                   .computes = true,
                                   .ideal = IdealKind::calibrated,
                                   .ranks = Ranks::makespan,
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries};

  explicit ExhibitionSpec(const Load& load)
      : seed_(load.seed),
        boards_(load.items),
        at_once_(std::min(load.in_flight, load.items)),
        players_(std::min(load.cores, at_once_)),
        pairs_(static_cast<std::uint32_t>(whole_number(load.parameters, "pairs", 8, {1, (1U << kPairsBits) - 1}))) {
    const std::uint64_t scale = whole_number(load.parameters, "scale", 1000, {1, 1'000'000});
    const std::uint64_t per_us = whole_number(load.parameters, "squares_per_us", 3000, {1, 1'000'000});
    squares_ = std::max<std::uint64_t>(1, 5'000'000 * per_us / scale);
    reply_ = nanoseconds(std::chrono::seconds(55)) / scale;
  }

  ItemInput input(std::uint32_t item) const {
    return {.wait_ns = reply_.count(),
            .work = squares_,
            .argument = static_cast<std::uint32_t>(mix64(seed_, item)) << kPairsBits | pairs_};
  }
  Expectation expected(std::uint32_t item) const {
    std::uint64_t position = first_position(item, input(item));
    for (std::uint32_t pair = 0; pair < pairs_; ++pair) {
      position = next_position(position, sum_of_squares_by_formula(position >> 32, squares_));
    }
    return {.digest = position, .least_ns = (reply_ * pairs_).count()};
  }

  // The greater of two bounds: the games that one of the places has in turn, each with its moves and the replies to
  // them; and all moves on the cores there are, with the reply to the last of them.
  nanoseconds ideal() const {
    const nanoseconds move(std::llround(time_of_one_square().count() * static_cast<double>(squares_)));
    const std::uint32_t in_turn = (boards_ + at_once_ - 1) / at_once_;
    const nanoseconds games = (move + reply_) * pairs_ * in_turn;
    const nanoseconds moves = move * pairs_ * boards_ / players_;
    return std::max(games, moves + reply_);
  }
  std::uint64_t fingerprint() const { return 0; }

 private:
  std::uint64_t seed_;
  std::uint32_t boards_, at_once_, players_, pairs_;
  std::uint64_t squares_;  // of a move
  nanoseconds reply_;
};

}  // namespace interleave
