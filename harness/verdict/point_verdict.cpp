// Deciding one point.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/point_verdict.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

namespace interleave {
namespace {

constexpr std::uint32_t kMostRounds = 10'000;  // more than that is no advice

double log_margin() { return std::log1p(kTieMargin); }

std::vector<double> log_ratios(const Contestant& a, const Contestant& b, bool lower_is_better) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(a.values.size(), b.values.size()); ++i) {
    const double x = a.values[i], y = b.values[i];
    if (!(x > 0) || !(y > 0)) continue;  // NaN, too
    ratios.push_back(lower_is_better ? std::log(y / x) : std::log(x / y));
  }
  return ratios;
}

std::optional<Interval> ratio_interval(const std::vector<double>& logs, double alpha) {
  const auto interval = median_interval(logs, alpha);
  if (!interval) return std::nullopt;
  return Interval{std::exp(interval->low), std::exp(interval->high)};
}

std::vector<PairResult> all_pairs(const std::vector<Contestant>& all, bool lower_is_better) {
  std::vector<PairResult> pairs;
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = a + 1; b < all.size(); ++b) {
      PairResult pair;
      pair.a = a;
      pair.b = b;
      pair.log_ratios = log_ratios(all[a], all[b], lower_is_better);
      pair.rounds = pair.log_ratios.size();
      if (pair.rounds > 0) pairs.push_back(std::move(pair));
    }
  }
  std::vector<double> p;
  for (const PairResult& pair : pairs) p.push_back(p_differs(pair.log_ratios));
  const auto levels = holm_levels(p, kFamilyError);
  const auto adjusted = holm_adjusted(p);
  const auto m = static_cast<double>(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    PairResult& pair = pairs[i];
    pair.median_ratio = std::exp(median_of(pair.log_ratios));
    pair.interval = ratio_interval(pair.log_ratios, levels[i]);
    pair.tie_interval = ratio_interval(pair.log_ratios, kFamilyError / m);
    pair.p = adjusted[i];
    const double outside = std::max(p_above(pair.log_ratios, -log_margin()), p_below(pair.log_ratios, log_margin()));
    pair.p_tie = std::min(1.0, 2 * m * outside);  // twice: the two-sided interval's level
  }
  return pairs;
}

// A pair seen from one of its two sides.
struct View {
  const PairResult* pair = nullptr;
  double sign = 1;
  double ratio() const { return sign > 0 ? pair->median_ratio : 1 / pair->median_ratio; }
  bool beats() const {
    if (!pair->interval) return false;
    return sign > 0 ? pair->interval->low > 1 : pair->interval->high < 1;
  }
  bool wins() const { return beats() && ratio() >= 1 + kLeadToWin; }
  bool ties() const {
    return pair->tie_interval && pair->tie_interval->low > 1 / (1 + kTieMargin) &&
           pair->tie_interval->high < 1 + kTieMargin;
  }
  // Rounds until the interval of a median with this spread leaves 1 out, or fits into the margin, whichever comes
  // first.
  std::optional<std::uint32_t> rounds_needed(std::size_t pairs) const {
    const std::vector<double>& logs = pair->log_ratios;
    const double median = std::abs(median_of(logs));
    std::vector<double> deviations;
    for (const double each : logs) deviations.push_back(std::abs(each - median_of(logs)));
    const double sd = 1.4826 * median_of(deviations);
    const double z = boost::math::quantile(boost::math::normal(), 1 - kFamilyError / (2 * static_cast<double>(pairs)));
    const double spread = z * 1.2533 * sd;  // the median's standard error is sqrt(pi/2) of the mean's
    const double to_win = median >= std::log1p(kLeadToWin) ? std::pow(spread / median, 2) : kMostRounds + 1.0;
    const double to_tie = median < log_margin() ? std::pow(spread / (log_margin() - median), 2) : kMostRounds + 1.0;
    double rounds = std::ceil(std::min(to_win, to_tie));
    while (rounds <= kMostRounds &&
           !interval_rank(static_cast<std::size_t>(rounds), kFamilyError / static_cast<double>(pairs)))
      ++rounds;
    rounds = std::max(rounds, static_cast<double>(logs.size() + 1));
    if (rounds > kMostRounds) return std::nullopt;
    return static_cast<std::uint32_t>(rounds);
  }
};

class Decision {
 public:
  Decision(const std::vector<Contestant>& all, bool lower_is_better) : pairs_(all_pairs(all, lower_is_better)) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      std::vector<double> values;
      for (const double value : all[i].values) {
        if (value > 0) values.push_back(lower_is_better ? value : -value);
      }
      if (values.empty()) continue;
      ranked_.push_back(i);
      medians_.resize(all.size());
      medians_[i] = median_of(std::move(values));
    }
    std::stable_sort(ranked_.begin(), ranked_.end(), [&](auto a, auto b) { return medians_[a] < medians_[b]; });
  }

  PointVerdict decide(bool may_win) {
    if (ranked_.empty()) return finished("none");
    out_.leaders = {ranked_.front()};
    if (ranked_.size() == 1) return finished("single");
    if (!may_win) return leading();
    bool all_won = true, all_settled = true;
    double p = 0;
    std::optional<std::uint32_t> needed = 0;
    for (const std::size_t other : others()) {
      const auto view = view_of(ranked_.front(), other);
      if (view && view->wins()) {
        p = std::max(p, view->pair->p);
        continue;
      }
      all_won = false;
      if (view && view->ties()) {
        p = std::max(p, view->pair->p_tie);
        out_.leaders.push_back(other);
        continue;
      }
      all_settled = false;
      out_.leaders.push_back(other);
      const auto rounds = view ? view->rounds_needed(pairs_.size()) : std::nullopt;
      needed = needed && rounds ? std::optional(std::max(*needed, *rounds)) : std::nullopt;
    }
    lead();
    if (!all_settled) out_.rounds_needed = needed;
    else out_.p = p;
    return finished(all_won ? "wins" : all_settled ? "tie" : "unresolved");
  }

 private:
  PointVerdict leading() {
    for (const std::size_t other : others()) {
      const auto view = view_of(ranked_.front(), other);
      if (!view || view->ratio() < 1 + kLeadToWin) out_.leaders.push_back(other);
    }
    lead();
    return finished("leading");
  }

  std::vector<std::size_t> others() const { return {ranked_.begin() + 1, ranked_.end()}; }

  std::optional<View> view_of(std::size_t of, std::size_t against) const {
    for (const PairResult& pair : pairs_) {
      if (pair.a == of && pair.b == against) return View{&pair, 1};
      if (pair.a == against && pair.b == of) return View{&pair, -1};
    }
    return std::nullopt;
  }

  // The runner-up is the best that does not lead; the lead is that of the best over it.
  void lead() {
    for (const std::size_t other : others()) {
      if (std::find(out_.leaders.begin(), out_.leaders.end(), other) != out_.leaders.end()) continue;
      const auto view = view_of(ranked_.front(), other);
      if (!view) continue;
      const double lead = 100 * (view->ratio() - 1);
      if (!out_.runner_up || lead < *out_.lead_percent) out_.runner_up = other, out_.lead_percent = lead;
    }
  }

  PointVerdict finished(const char* verdict) {
    out_.verdict = verdict;
    out_.pairs = std::move(pairs_);
    return std::move(out_);
  }

  std::vector<PairResult> pairs_;
  std::vector<std::size_t> ranked_;  // the best first
  std::vector<double> medians_;
  PointVerdict out_;
};

}  // namespace

PointVerdict decide(const std::vector<Contestant>& contestants, bool lower_is_better, std::uint32_t rounds,
                    std::uint32_t rounds_to_win) {
  return Decision(contestants, lower_is_better).decide(rounds >= rounds_to_win);
}

}  // namespace interleave
