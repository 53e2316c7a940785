// Judging a tape.
// SPDX-License-Identifier: Apache-2.0
#include "harness/judge/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "harness/judge/item_fault.hpp"
#include "harness/judge/radix_order.hpp"

namespace interleave {
namespace {

constexpr std::int64_t kPromptNs = 20'000'000;  // from being let go to the start of the run
// Of what passes between being let go and the word that the run is over, so much is not the run's.
constexpr std::int64_t kTalkNs = 5'000'000, kTalkALaneNs = 30'000;

double in_ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

class Judge {
 public:
  Judge(const TapeCopy& tape, const Prepared& prepared, std::uint32_t in_flight, Window window)
      : tape_(tape),
        prepared_(prepared),
        in_flight_(in_flight),
        places_(in_flight + prepared.handover.capacity + prepared.handover.consumers),
        window_(window),
        begin_(tape.header.run_starts_ns) {
    const std::size_t items = tape.records.size();
    starts_.reserve(items);
    ends_.reserve(items);
    service_.reserve(items);
    first_byte_.reserve(items);
    wake_up_.reserve(items);
  }

  Judgement judge(nanoseconds ideal, IdealKind kind) {
    begin_within_window();
    for (std::size_t item = 0; item < tape_.records.size(); ++item) look_at(item);
    judgement_.wrong = outcome_.count() + content_.count();
    judgement_.missing = missing_.count();
    judgement_.doubled = doubled_.count();
    judgement_.early = early_.count();
    judgement_.ideal = ideal;
    const std::int64_t last = ends_.empty() ? begin_ : *std::max_element(ends_.begin(), ends_.end());
    const std::int64_t seen = window_.over_ns - window_.go_ns - kTalkNs - kTalkALaneNs * in_flight_;
    told_makespan_ = std::max<std::int64_t>(0, last - begin_);
    judgement_.makespan = nanoseconds(std::max(told_makespan_, seen));
    if (!tape_.header_intact) judgement_.reasons.push_back({check::kTape, "the head of the tape was written over"});
    if (!tape_.guard_intact) judgement_.reasons.push_back({check::kTape, "bytes behind the last record were written"});
    for (const ItemFault* each :
         {&malformed_, &missing_, &doubled_, &outcome_, &content_, &early_, &outside_, &upset_}) {
      each->tell(judgement_.reasons);
    }
    if (!ends_.empty()) {
      slices();
      if (on_schedule(prepared_.inputs)) arrivals();
      admission();
      if (hands_on()) passage();
      else lanes();
      bounds(ideal, kind);
      times();
    }
    return std::move(judgement_);
  }

 private:
  // What a worker writes may be anything: nothing is subtracted before it is known to lie in the window.
  void begin_within_window() {
    if (begin_ >= window_.go_ns && begin_ <= window_.over_ns) return;
    judgement_.reasons.push_back({check::kWindow, begin_ == 0
                                                      ? "the worker does not say when its run began"
                                                      : "the run began, by its worker, while it was not let go"});
    begin_ = window_.go_ns;
  }

  void look_at(std::size_t item) {
    const Record& record = tape_.records[item];
    const Expectation& want = prepared_.expected[item];
    judgement_.digest += record.digest;
    if (record.finishes == 0) return missing_.note(item, [] { return "no outcome"; });
    if (static_cast<std::size_t>(record.outcome) >= kOutcomes || record.reserved != 0 ||
        record.lane > (hands_on() ? prepared_.handover.consumers : in_flight_)) {
      return malformed_.note(item, [&] {
        return fmt::format("outcome {}, lane {} and reserved {} are not all what docs/worker_contract.md allows",
                           static_cast<unsigned>(record.outcome), record.lane, record.reserved);
      });
    }
    ++judgement_.outcomes[static_cast<std::size_t>(record.outcome)];
    const bool is_right = record.finishes == 1 && is_as_expected(record, want);
    if (!is_right) [[unlikely]]
      tell_what_is_wrong(item, record, want);
    const char* const fault = fault_of_times(item, record);
    if (fault != nullptr) [[unlikely]] {
      outside_.note(item, [&] { return text_of(fault, record); });
      return;
    }
    if (is_right) compare_times(item, record, want);
    place_in_time(item, record);
  }

  static bool is_as_expected(const Record& record, const Expectation& want) {
    return record.outcome == want.outcome && record.digest == want.digest;
  }

  bool is_upset(std::size_t item, const Record& record, const Expectation& want) const {
    if (prepared_.upsets.empty() || record.digest == want.digest) return false;
    const auto& upsets = prepared_.upsets[item];
    return std::find(upsets.begin(), upsets.end(), record.digest) != upsets.end();
  }

  void tell_what_is_wrong(std::size_t item, const Record& record, const Expectation& want) {
    if (record.finishes > 1)
      return doubled_.note(item, [&] { return fmt::format("finished {} times", record.finishes); });
    if (is_upset(item, record, want)) {
      return upset_.note(item, [] { return "another came first than by its delays: the machine kept it waiting"; });
    }
    if (record.outcome != want.outcome) {
      return outcome_.note(
          item, [&] { return fmt::format("expected {}, came to {}", name_of(want.outcome), name_of(record.outcome)); });
    }
    content_.note(item, [&] {
      return fmt::format("the digest of its content is {:016x}, expected {:016x}", record.digest, want.digest);
    });
  }

  void compare_times(std::size_t item, const Record& record, const Expectation& want) {
    const std::int64_t span = record.end_ns - record.start_ns, since_run = record.end_ns - begin_;
    if (record.start_ns < due_at(item)) {
      early_.note(item, [&] {
        return fmt::format("taken up {:.3f} ms before it was due", in_ms(due_at(item) - record.start_ns));
      });
    } else if (span < want.least_ns) {
      early_.note(item, [&] {
        return fmt::format("over after {:.3f} ms, it takes {:.3f} ms at least", in_ms(span), in_ms(want.least_ns));
      });
    } else if (since_run < want.not_before_ns) {
      early_.note(item, [&] {
        return fmt::format("over {:.3f} ms after the start, which it may be from {:.3f} ms on", in_ms(since_run),
                           in_ms(want.not_before_ns));
      });
    }
  }

  // What lies where it cannot; nullptr: nothing.
  const char* fault_of_times(std::size_t item, const Record& record) const {
    if (record.start_ns < begin_ || record.end_ns > window_.over_ns || record.end_ns < record.start_ns) return "it was";
    const std::int64_t first = record.first_byte_ns, sent = record.server_sent_ns;
    if (first != 0 && (first < record.start_ns || first > record.end_ns)) return "its first byte came not while it was";
    if (sent != 0 && (sent < window_.go_ns || sent > window_.over_ns))
      return "it was answered outside of the run, and was";
    if (record.due_ns != 0 && record.due_ns != due_at(item)) return "it was due at another time, and was";
    return nullptr;
  }
  std::string text_of(const char* fault, const Record& record) const {
    const auto since_go = [&](std::int64_t at_ns) {
      return (static_cast<double>(at_ns) - static_cast<double>(window_.go_ns)) / 1e6;
    };
    return fmt::format("{} from {:.3f} to {:.3f} ms of a run that lasted from {:.3f} to {:.3f} ms", fault,
                       since_go(record.start_ns), since_go(record.end_ns), since_go(begin_), since_go(window_.over_ns));
  }

  void place_in_time(std::size_t item, const Record& record) {
    starts_.push_back({record.start_ns, static_cast<std::uint32_t>(item)});
    ends_.push_back(record.end_ns);
    service_.push_back(record.end_ns - record.start_ns);
    if (const std::int64_t due = prepared_.expected[item].not_before_ns; due != 0) {
      wake_up_.push_back(std::max<std::int64_t>(0, record.end_ns - begin_ - due));
    }
    if (record.first_byte_ns == 0) return;
    first_byte_.push_back(record.first_byte_ns - record.start_ns);
    if (record.server_sent_ns != 0 && !hands_on())
      wake_up_.push_back(std::max<std::int64_t>(0, record.first_byte_ns - record.server_sent_ns));
  }

  std::int64_t due_at(std::size_t item) const {
    return prepared_.inputs.empty() || prepared_.inputs[item].due_ns == 0 ? 0 : begin_ + prepared_.inputs[item].due_ns;
  }
  void arrivals() {
    const ArrivalTimes times = arrival_times_of(starts_, tape_.records, prepared_.inputs, begin_);
    judgement_.arrivals = times;
    if (!times.overloaded) return;
    judgement_.reasons.push_back(
        {check::kOverloaded,
         fmt::format("items came faster than they were done: {} of {} were not taken up when the last one was due; ask "
                     "for a lower rate",
                     times.unstarted, prepared_.inputs.size())});
  }

  // Of the items before the last one that was taken up, those that are not yet must be on their way into a lane.
  void admission() {
    sort_by_time(starts_);
    sort_by_time(ends_);
    std::size_t over = 0, taken = 0, farthest = 0;
    std::uint32_t peak = 0;
    ItemFault order(check::kOrder);
    for (const TimedItem& start : starts_) {
      while (over < ends_.size() && ends_[over] <= start.at_ns) ++over;
      ++taken;
      peak = std::max(peak, static_cast<std::uint32_t>(taken - over));
      farthest = std::max<std::size_t>(farthest, start.item);
      const std::size_t passed_over = farthest + 1 - taken;
      if (passed_over >= in_flight_ && whole()) {
        order.note(start.item, [&] {
          return fmt::format("taken up while {} items before it were not, with {} in flight", passed_over, in_flight_);
        });
      }
    }
    judgement_.peak_in_flight = peak;
    order.tell(judgement_.reasons);
    if (peak > places_) {
      judgement_.reasons.push_back(
          {check::kOverlap, fmt::format("{} items under way at once, {} were asked for", peak, places_)});
    }
  }

  // Where the worker tells lanes, one has an item at a time.
  void lanes() {
    std::vector<std::int64_t> free_at(in_flight_ + 1, 0);
    ItemFault twice(check::kOverlap);
    for (const TimedItem& start : starts_) {
      const Record& record = tape_.records[start.item];
      if (record.lane == 0) continue;
      if (start.at_ns < free_at[record.lane]) {
        twice.note(start.item, [&] { return fmt::format("taken up in lane {}, which was not free", record.lane); });
      }
      free_at[record.lane] = std::max(free_at[record.lane], record.end_ns);
    }
    twice.tell(judgement_.reasons);
  }

  // Before either is sorted.
  void slices() {
    std::vector<std::int64_t> since_due;
    if (on_schedule(prepared_.inputs)) {
      since_due.reserve(ends_.size());
      for (std::size_t i = 0; i < ends_.size(); ++i)
        since_due.push_back(ends_[i] - begin_ - prepared_.inputs[starts_[i].item].due_ns);
    }
    judgement_.slices = slices_of(ends_, since_due.empty() ? service_ : since_due, begin_, judgement_.makespan.count());
  }

  bool hands_on() const { return prepared_.handover.consumers != 0; }
  void passage() {
    judgement_.handover = prepared_.handover;
    if (!whole()) {
      judgement_.reasons.push_back({check::kQueue, "an item that did not come through tells nothing of the queue"});
      return;
    }
    judgement_.passage = passage_of(tape_.records, prepared_.handover, begin_);
    const Passage& passed = judgement_.passage;
    judgement_.reasons.insert(judgement_.reasons.end(), passed.reasons.begin(), passed.reasons.end());
    wake_up_ = passed.handed_late;
  }

  // An item without a record leaves a gap that is none of the admission's.
  bool whole() const { return starts_.size() == tape_.records.size(); }

  void bounds(nanoseconds ideal, IdealKind kind) {
    const double share = kind == IdealKind::calibrated ? 0.5 : 0.98;
    const auto makespan = static_cast<double>(told_makespan_);
    if (kind != IdealKind::none && makespan < share * static_cast<double>(ideal.count())) {
      judgement_.reasons.push_back({check::kMakespan, fmt::format("{:.3f} ms, which cannot be below {:.3f} ms",
                                                                  makespan / 1e6, in_ms(ideal.count()))});
    }
    const std::int64_t waited = begin_ - window_.go_ns;
    judgement_.times.begun_late_ns = waited;
    judgement_.times.over_late_ns = window_.over_ns - ends_.back();
    if (waited > kPromptNs + judgement_.makespan.count() / 20) {
      judgement_.reasons.push_back(
          {check::kDisturbed, fmt::format("the run began {:.1f} ms after it was let go", in_ms(waited))});
    }
  }

  void times() {
    Times& times = judgement_.times;
    times.first_end_ns = ends_.front() - begin_;
    times.median_end_ns = ends_[ends_.size() / 2] - begin_;
    times.last_end_ns = ends_.back() - begin_;
    double span = 0;
    for (const std::int64_t each : service_) span += static_cast<double>(each);
    if (judgement_.makespan.count() > 0) times.mean_in_flight = span / static_cast<double>(judgement_.makespan.count());
    times.service = quantiles_of(service_);
    times.first_byte = quantiles_of(first_byte_);
    times.wake_up_lag = quantiles_of(wake_up_);
  }

  const TapeCopy& tape_;
  const Prepared& prepared_;
  std::uint32_t in_flight_;
  std::uint32_t places_;  // where items may be under way at once
  Window window_;
  std::int64_t begin_;
  std::int64_t told_makespan_ = 0;  // by the records alone
  Judgement judgement_;
  ItemFault malformed_{check::kTape}, missing_{check::kOracle}, doubled_{check::kOracle}, outcome_{check::kOracle},
      content_{check::kOracle}, early_{check::kEarly}, outside_{check::kWindow}, upset_{check::kDisturbed};
  std::vector<TimedItem> starts_;
  std::vector<std::int64_t> ends_, service_, first_byte_, wake_up_;
};

}  // namespace

Judgement judge(const TapeCopy& tape, const Prepared& prepared, std::uint32_t in_flight, nanoseconds ideal,
                IdealKind kind, Window window) {
  return Judge(tape, prepared, in_flight, window).judge(ideal, kind);
}

void to_json(nlohmann::json& out, const Judgement& judgement) {
  nlohmann::json outcomes = nlohmann::json::object();
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    if (judgement.outcomes[i] != 0) outcomes[std::string(kOutcomeNames[i])] = judgement.outcomes[i];
  }
  const Times& times = judgement.times;
  out = {{"outcomes", outcomes},
         {"wrong", judgement.wrong},
         {"missing", judgement.missing},
         {"doubled", judgement.doubled},
         {"early", judgement.early},
         {"digest", fmt::format("{:016x}", judgement.digest)},
         {"peak_in_flight", judgement.peak_in_flight},
         {"mean_in_flight", times.mean_in_flight},
         {"ideal_ns", judgement.ideal.count()},
         {"makespan_ns", judgement.makespan.count()},
         {"service_ns", times.service},
         {"first_byte_ns", times.first_byte},
         {"wake_up_lag_ns", times.wake_up_lag},
         {"first_end_ns", times.first_end_ns},
         {"median_end_ns", times.median_end_ns},
         {"last_end_ns", times.last_end_ns},
         {"begun_late_ns", times.begun_late_ns},
         {"over_late_ns", times.over_late_ns}};
  if (judgement.handover.consumers != 0) {
    const Passage& passed = judgement.passage;
    out["queue"] = {{"capacity", judgement.handover.capacity},
                    {"most_at_once", passed.most_at_once},
                    {"blocked", passed.blocked},
                    {"blocked_ns", passed.blocked_ns},
                    {"queued_ns", passed.queued}};
  }
  if (judgement.arrivals) add_to(out, *judgement.arrivals);
  if (!judgement.slices.finished.empty()) out["over_time"] = judgement.slices;
  if (judgement.ideal.count() > 0 && judgement.makespan.count() > 0) {
    out["efficiency"] = static_cast<double>(judgement.ideal.count()) / static_cast<double>(judgement.makespan.count());
  }
}

}  // namespace interleave
