// Deciding between models while rounds come in, valid whenever one looks: e-processes on the signs of log-ratios.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

namespace interleave {

// The logarithm of what a bettor has who began with 1 and bet that more signs come out positive than negative, after k
// of n did: the integral over p in (1/2, 1] of 2 (2p)^k (2(1-p))^(n-k). While positive signs are no likelier than
// negative ones, whatever came before, it ever reaches w with probability 1/w at most, however often one looks.
double log_wealth(std::size_t k, std::size_t n);

// The same for a bettor who divided the money between that bet and a bolder one, p uniform on (0.9, 1]: a clear lead is
// seen a round earlier.
double log_divided_wealth(std::size_t k, std::size_t n);

// How signs of neighbouring rounds hang together, were the values normal: from the correlation of their ranks, which
// knows more than the signs do. Without the bias of about -1/n that comes from ranks among the same rounds. -1 to 1; 0
// below three rounds.
double sign_correlation(const std::vector<double>& log_ratios);

// And of one who bet that `k` of `n` rounds show a ratio beyond a bound that a round passes by chance with probability
// `chance` at most: that it is passed with probability 1 - chance.
double log_far_wealth(std::size_t k, std::size_t n, double chance);

struct RaceRules {
  double error = 0.05;  // of the point: that a claim about one that is as good as the best is wrong; of it ...
  double ties_share = 0.1;
  double far_share = 0.1;           // for who is far behind
  double last_share = 0.15;         // for the look when all rounds are over, half of it for ties; ahead has the rest
  double margin = 0.05;             // who is behind is so by that much, a tie is within
  double most_correlation = 0.1;    // of neighbouring signs; above, rounds are worth less
  double doubt = 0.75;              // standard errors by which it must be above
  std::size_t least_rounds = 10;    // with fewer nothing is decided: their correlation cannot be told ...
  double far = 2;                   // ... but that one is so many times worse, by
  double far_by_chance = 1.0 / 20;  // the most often that a round shows as much of two that are alike ...
  double lost_by_chance = 1.0 / 4;  // ... and that one of them does not keep up in it while the other does
  std::size_t least_far_rounds = 3;
};

// The models of one point, known by their places. What has been decided stays.
class Race {
 public:
  Race(std::size_t models, const RaceRules& rules);

  // A value a model, the less the better: kNoValue for who was not there, kLost for who did not keep the load up.
  void add_round(const std::vector<double>& values);

  // All rounds that were planned are over: one look more, for which they are a sample of a size that was known before.
  void end();

  // Nothing has shown them to be behind another.
  std::vector<std::size_t> in_the_race() const;
  // The one that is left.
  std::optional<std::size_t> winner() const;
  // Neither is better by the margin. a and b in any order.
  bool tied(std::size_t a, std::size_t b) const;
  // One is left, or all that are left tie.
  bool decided() const;
  // The logarithm of the greatest wealth that is bet on one of the open pairs to be ahead; 0 or more.
  double nearest() const;
  // Of how many independent rounds one of those so far is worth: 1, or less where they hang together.
  double worth_of_a_round() const { return worth_; }

 private:
  struct Pair {
    std::size_t a = 0, b = 0;        // a < b
    std::vector<double> log_ratios;  // how many times better a was
    bool tied = false;
  };

  void look();
  void drop(const std::vector<bool>& behind);
  bool both_in(const Pair& pair) const { return !dropped_[pair.a] && !dropped_[pair.b]; }
  double worth_of_rounds() const;
  bool has_wealth(const std::vector<bool>& signs, double alpha) const;
  bool is_ahead(const Pair& pair, double sign) const;
  bool is_far_ahead(const Pair& pair, double sign) const;
  bool is_tie(const Pair& pair) const;
  bool is_ahead_at_last(const Pair& pair, double sign) const;
  bool is_tie_at_last(const Pair& pair) const;
  bool has_counted(const std::vector<bool>& signs, double alpha) const;

  RaceRules rules_;
  std::vector<bool> dropped_;
  std::vector<Pair> pairs_;
  double worth_ = 1;
};

}  // namespace interleave
