// Deciding one point.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/point_verdict.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "harness/plan/profiles.hpp"
#include "harness/verdict/rounds_needed.hpp"

namespace interleave {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<double> log_ratios(const Contestant& a, const Contestant& b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(a.values.size(), b.values.size()); ++i) {
    const auto ratio = log_ratio(a.values[i], b.values[i]);
    if (ratio) ratios.push_back(*ratio);
  }
  return ratios;
}

// All claims are read off one interval a pair, at a level that Bonferroni shares out: they are right whenever all
// intervals hold, so wins and ties spend one error between them. Holm's step-down would narrow intervals by what was
// rejected before, and those neither hold together nor leave an error for ties.
void judge(PairResult& pair, std::size_t pairs, double margin) {
  const auto m = static_cast<double>(pairs);
  const double log_margin = std::log1p(margin);
  pair.level = 1 - kPointError / m;
  pair.median_ratio = std::exp(median_of(pair.log_ratios));
  const auto logs = median_interval(pair.log_ratios, kPointError / m);
  if (logs) pair.interval = Interval{std::exp(logs->low), std::exp(logs->high)};
  pair.p = std::min(1.0, m * p_differs(pair.log_ratios));
  const double outside = std::max(p_above(pair.log_ratios, -log_margin), p_below(pair.log_ratios, log_margin));
  pair.p_tie = std::min(1.0, 2 * m * outside);  // twice: the two-sided interval's level
}

std::vector<PairResult> all_pairs(const std::vector<Contestant>& all, double margin) {
  std::vector<PairResult> pairs;
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = a + 1; b < all.size(); ++b) {
      PairResult pair;
      pair.a = a;
      pair.b = b;
      pair.log_ratios = log_ratios(all[a], all[b]);
      pair.rounds = pair.log_ratios.size();
      if (pair.rounds > 0) pairs.push_back(std::move(pair));
    }
  }
  for (PairResult& pair : pairs) judge(pair, pairs.size(), margin);
  return pairs;
}

// A pair seen from one of its two sides.
struct View {
  const PairResult* pair = nullptr;
  double sign = 1;
  double margin = 0;

  double ratio() const { return sign > 0 ? pair->median_ratio : 1 / pair->median_ratio; }
  bool within_margin() const { return ratio() < 1 + margin; }
  bool beats() const {
    if (!pair->interval) return false;
    return sign > 0 ? pair->interval->low > 1 : pair->interval->high < 1;
  }
  // Never both: the median lies in the interval.
  bool wins() const { return beats() && !within_margin(); }
  bool ties() const {
    return pair->interval && pair->interval->low > 1 / (1 + margin) && pair->interval->high < 1 + margin;
  }
};

class Decision {
 public:
  Decision(const std::vector<Contestant>& all, const Judging& judging)
      : judging_(judging), pairs_(all_pairs(all, judging.margin)), medians_(all.size()) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      std::vector<double> values;  // the less, the better
      for (const double value : all[i].values) {
        if (value > 0) values.push_back(value);
      }
      if (std::none_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) continue;
      ranked_.push_back(i);
      out_.rounds = values.size();
      medians_[i] = median_of(std::move(values));
    }
    std::stable_sort(ranked_.begin(), ranked_.end(), [&](auto a, auto b) { return medians_[a] < medians_[b]; });
  }

  PointVerdict decide() {
    if (ranked_.empty()) return finished("none");
    out_.leaders = {ranked_.front()};
    if (ranked_.size() == 1) return finished("single");
    count_rounds();
    if (out_.rounds < judging_.rounds_to_win) return leading();
    bool all_won = true;
    double p = 0;
    std::vector<Spread> open;
    for (const std::size_t other : others()) {
      const View view = *view_of(ranked_.front(), other);  // they have rounds in common
      if (view.wins()) {
        p = std::max(p, view.pair->p);
        continue;
      }
      all_won = false;
      out_.leaders.push_back(other);
      if (view.ties()) p = std::max(p, view.pair->p_tie);
      else open.push_back(spread_of(view.pair->log_ratios));
    }
    lead();
    if (!open.empty()) return unresolved(open);
    out_.p = p;
    return finished(all_won ? "wins" : "tie");
  }

  PointVerdict decide_by(const Standing& race) {
    if (ranked_.size() < 2) return decide();
    const auto is_left = [&](std::size_t each) {
      return std::find(race.left.begin(), race.left.end(), each) != race.left.end();
    };
    std::copy_if(ranked_.begin(), ranked_.end(), std::back_inserter(out_.leaders), is_left);
    if (out_.leaders.empty()) return decide();
    out_.rounds = 0;
    for (const std::size_t other : others()) {  // who left early shares few
      if (const auto view = view_of(out_.leaders.front(), other))
        out_.rounds = std::max(out_.rounds, view->pair->rounds);
    }
    lead_in_race();
    if (race.decided) {
      out_.p = kPointError;
      return finished(out_.leaders.size() == 1 ? "wins" : "tie");
    }
    if (out_.leaders.size() == 1 || out_.rounds < judging_.rounds_to_win) return finished("leading");
    std::vector<Spread> open;
    for (const std::size_t other : others()) {
      const auto view = view_of(out_.leaders.front(), other);
      if (view && is_left(other)) open.push_back(spread_of(view->pair->log_ratios));
    }
    return open.empty() ? finished("unresolved") : unresolved(open);
  }

 private:
  PointVerdict leading() {
    for (const std::size_t other : others()) {
      const auto view = view_of(ranked_.front(), other);
      if (!view || view->within_margin()) out_.leaders.push_back(other);
    }
    lead();
    return finished("leading");
  }

  PointVerdict unresolved(const std::vector<Spread>& open) {
    const double alpha = kPointError / static_cast<double>(pairs_.size());
    const auto needed = rounds_needed(open, {alpha, judging_.margin});
    // These rounds did not settle it, so more are needed, whatever the spread says.
    if (needed) out_.rounds_needed = std::max(*needed, static_cast<std::uint32_t>(out_.rounds + 1));
    return finished("unresolved");
  }

  // Than the first of the leaders.
  std::vector<std::size_t> others() const {
    std::vector<std::size_t> others;
    std::copy_if(ranked_.begin(), ranked_.end(), std::back_inserter(others),
                 [&](std::size_t each) { return each != out_.leaders.front(); });
    return others;
  }

  std::optional<View> view_of(std::size_t of, std::size_t against) const {
    for (const PairResult& pair : pairs_) {
      if (pair.a == of && pair.b == against) return View{&pair, 1, judging_.margin};
      if (pair.a == against && pair.b == of) return View{&pair, -1, judging_.margin};
    }
    return std::nullopt;
  }

  void count_rounds() {
    out_.rounds = std::numeric_limits<std::size_t>::max();
    for (const std::size_t other : others()) {
      const auto view = view_of(out_.leaders.front(), other);
      out_.rounds = std::min(out_.rounds, view ? view->pair->rounds : 0);
    }
  }

  // The runner-up is the one nearest to the best among those that do not lead; the lead is that of the best over it.
  void lead() {
    double least = kInfinity;
    for (const std::size_t other : others()) {
      if (std::find(out_.leaders.begin(), out_.leaders.end(), other) != out_.leaders.end()) continue;
      const auto view = view_of(out_.leaders.front(), other);
      if (!view || (out_.runner_up && view->ratio() >= least)) continue;
      out_.runner_up = other;
      least = view->ratio();
    }
    if (out_.runner_up && std::isfinite(least)) out_.lead_percent = 100 * (least - 1);
  }

  // Who stayed longest of those that left, and was behind the first itself: one that left on the third round, behind
  // another, has hardly been compared with it.
  void lead_in_race() {
    std::optional<View> last;
    for (const std::size_t other : others()) {
      if (std::find(out_.leaders.begin(), out_.leaders.end(), other) != out_.leaders.end()) continue;
      const auto view = view_of(out_.leaders.front(), other);
      if (!view || view->within_margin()) continue;
      const auto rank = [](const View& each) { return std::pair(each.pair->rounds, -each.ratio()); };
      if (last && rank(*view) <= rank(*last)) continue;
      last = view;
      out_.runner_up = other;
    }
    if (last && std::isfinite(last->ratio())) out_.lead_percent = 100 * (last->ratio() - 1);
  }

  PointVerdict finished(const char* verdict) {
    out_.verdict = verdict;
    out_.pairs = std::move(pairs_);
    return std::move(out_);
  }

  Judging judging_;
  std::vector<PairResult> pairs_;
  std::vector<std::size_t> ranked_;  // the best first
  std::vector<double> medians_;
  PointVerdict out_;
};

}  // namespace

Judging judging_of(const std::string& profile, RanksBy ranks_by) {
  const double margin = profile == "rigorous" ? 0.03 : 0.05;
  return {ranks_by == RanksBy::latency ? 2 * margin : margin, kRoundsToWin};
}

std::optional<double> log_ratio(double a, double b) {
  if (!(a > 0) || !(b > 0) || (a == kLost && b == kLost)) return std::nullopt;  // NaN, too
  if (a == kLost) return -kInfinity;
  if (b == kLost) return kInfinity;
  return std::log(b / a);
}

PointVerdict decide(const std::vector<Contestant>& contestants, const Judging& judging,
                    const std::optional<Standing>& race) {
  Decision decision(contestants, judging);
  return race ? decision.decide_by(*race) : decision.decide();
}

}  // namespace interleave
