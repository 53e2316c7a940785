// The checks.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/checks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace interleave {
namespace {

using nlohmann::json;

// By how much, in ns, two readings of the same clocks may differ: lanes are still at their beginning when the first is
// taken, and those that have ended are counted in ticks of the kernel.
constexpr double kOff = 2e6, kOffALane = 30e3, kTicksOff = 20e6;

std::string hex(std::uint64_t value) { return fmt::format("{:016x}", value); }

class Checks {
 public:
  Checks(const Load& load, const Requests& requests, const Judgement& judgement, const Evidence& evidence)
      : load_(load),
        asked_(requests),
        judgement_(judgement),
        tree_cpu_(evidence.tree_cpu),
        clocks_off_ns_((evidence.has_ticks ? kTicksOff : kOff) + kOffALane * load.in_flight),
        window_(evidence.window),
        worker_(evidence.worker),
        ledger_(evidence.ledger),
        census_(evidence.census) {}

  void ledger() {
    const auto count = [&](const char* key) { return ledger_.at(key).get<std::uint64_t>(); };
    const std::uint64_t requests = count("requests"), unique = count("unique");
    const std::uint64_t unsent = asked_.total - std::min(requests, asked_.total);
    if (count("duplicates") != 0 || count("unexpected") != 0 || unsent > most_unsent() ||
        unique + unsent != asked_.unique || requests + unsent != asked_.total || count("missing") != unsent) {
      void_(check::kLedger,
            fmt::format("{} ids seen in {} requests, of {} in {}; {} missing, {} duplicate, {} unexpected", unique,
                        requests, asked_.unique, asked_.total, count("missing"), count("duplicates"),
                        count("unexpected")));
    } else if (const std::uint64_t cut = asked_.called_off == 0 ? 0 : count("cut_by_client");
               cut < asked_.called_off - most_unsent()) {
      void_(check::kLedger,
            fmt::format("{} requests called off under way, of which there were to be {}, or half as many", cut,
                        asked_.called_off));
    } else if (unsent == 0 && ledger_.at("fingerprint") != hex(asked_.fingerprint)) {
      void_(check::kLedger, fmt::format("fingerprint {} instead of {}", ledger_.at("fingerprint").get<std::string>(),
                                        hex(asked_.fingerprint)));
    } else if (const std::uint64_t used = count("connections_used"); used < asked_.connections) {
      void_(check::kLedger,
            fmt::format("{} connections used, of which there were to be {} at least", used, asked_.connections));
    } else if (count("early_retries") != 0) {
      void_(check::kLedger, fmt::format("{} retries came before Retry-After said", count("early_retries")));
    } else if (!ledger_.at("deterministic").get<bool>()) {
      void_(check::kLedger,
            "the server gave replies by chance, which are never ranked: " + ledger_.at("by_chance").dump());
    }
  }

  // Both clocks are CLOCK_MONOTONIC: a run cannot be shorter than what the server saw of it.
  void makespan() {
    const auto said = static_cast<double>(judgement_.makespan.count());
    const double seen = ledger_.at("wall_ns");
    const double stamped_late = ledger_.at("loop_lag_ns").at("max");  // a server that had to wait for its core
    if (said < seen - std::max(20e6, 0.05 * seen) - 2 * stamped_late) {
      void_(check::kMakespan,
            fmt::format("by the records {:.1f} ms, the server was busy for {:.1f} ms", said / 1e6, seen / 1e6));
    }
  }

  void concurrency(bool offloads) {
    // Between the requests of one item its lane has none, as where it computes.
    const bool has_gaps = offloads || asked_.total != load_.items;
    const double used = ledger_.at("connections_used");
    if (used < 0.99 * load_.in_flight) {
      // Where items do not wait, or want for a core, who gets them is the scheduler's choice, and some lane may go
      // without.
      const bool may_be = load_.profile.delay.kind == DelayKind::none || cores_were_busy();
      void_(may_be ? check::kSustained : check::kConcurrency,
            fmt::format("{:.0f} connections used, {} were asked for", used, load_.in_flight));
    } else if (load_.in_flight == 1) {
      return;  // one is reached by the first item; gaps between items are the model's time, and measured
    } else if (load_.profile.delay.kind != DelayKind::none) {
      plateau(has_gaps);
    } else if (const double mean = judgement_.times.mean_in_flight;
               load_.items >= 10ULL * load_.in_flight && mean < 0.9 * load_.in_flight) {
      void_(check::kSustained,
            fmt::format("{:.1f} items under way on average, {} were asked for", mean, load_.in_flight));
    }
  }

  // What is called off may be so before it was sent, or answered before, where a machine is busy: half of it at most.
  std::uint64_t most_unsent() const { return asked_.called_off / 2; }

  bool cores_were_busy() const {
    return static_cast<double>(tree_cpu_.count()) >=
           0.9 * load_.cores * static_cast<double>(judgement_.makespan.count());
  }

  void plateau(bool has_gaps) {
    const double peak = ledger_.at("peak_in_flight"), share = ledger_.at("plateau_share");
    if (peak < 0.99 * load_.in_flight) {
      void_(check::kSustained,
            fmt::format("at most {:.0f} requests in flight, {} were asked for", peak, load_.in_flight));
    } else if (share < 0.9 && !has_gaps) {
      void_(check::kSustained,
            fmt::format("only {:.0f} % of the plateau was at {} in flight", 100 * share, load_.in_flight));
    }
  }

  void census() {
    const json& claims = worker_.at("claims");
    const bool come_and_go = claims.is_object() && claims.value("come_and_go", false);
    const bool sampled = census_.is_object() && census_.value("sampled", false);
    for (const char* what : {"threads", "processes"}) {
      const auto claimed = claims.at(what).get<std::int64_t>();
      if (!sampled) continue;
      const auto counted = census_.at(what).get<std::int64_t>();
      // A thread that has been joined is counted by /proc for a moment more, while the next one is started.
      const std::int64_t most = come_and_go && claimed > 1 ? claimed + 1 : claimed;
      if (come_and_go ? counted > most : counted != claimed) {
        void_(check::kCensus,
              fmt::format("{} {} counted, the model claims {}", census_.at(what).dump(), what, claims.at(what).dump()));
      }
    }
  }

  // A worker that tells less than its process tree used would look cheap.
  void cpu() {
    const json& said = worker_.at("cpu_run_ns");
    if (said.is_null()) return;
    const auto told = said.at("total").get<double>(), seen = static_cast<double>(tree_cpu_.count());
    if (told >= seen - clocks_off_ns_ - 0.05 * seen) return;
    void_(check::kCpu,
          fmt::format("the worker says {:.1f} ms, the clocks of its processes {:.1f} ms", told / 1e6, seen / 1e6));
  }

  // The cores that a load may have are given to the worker as an affinity, which it can take off.
  void cores() {
    const auto seen = static_cast<double>(tree_cpu_.count());
    const auto most = static_cast<double>(window_.over_ns - window_.go_ns) * load_.cores;
    if (seen <= 1.05 * most + clocks_off_ns_) return;
    void_(check::kCpu, fmt::format("{:.1f} ms of CPU time in a run of {:.1f} ms on {} cores", seen / 1e6,
                                   most / load_.cores / 1e6, load_.cores));
  }

  void void_(const char* check, std::string text) { reasons_.push_back({check, std::move(text)}); }
  std::vector<Reason> reasons_;

 private:
  const Load& load_;
  const Requests& asked_;
  const Judgement& judgement_;
  std::chrono::nanoseconds tree_cpu_;
  double clocks_off_ns_;
  Window window_;
  const json &worker_, &ledger_, &census_;
};

}  // namespace

std::vector<Reason> why_void(const Load& load, const WorkloadAbout& workload, const Requests& requests,
                             const Judgement& judgement, const Evidence& evidence) {
  Checks checks(load, requests, judgement, evidence);
  const auto guarded = [&](const char* name, const char* source, auto check) {
    try {
      check();
    } catch (const json::exception& error) {
      checks.void_(name, fmt::format("{} is not what docs/worker_contract.md says: {}", source, error.what()));
    }
  };
  if (workload.connects) {
    guarded(check::kLedger, "the ledger", [&] { checks.ledger(); });
    guarded(check::kLedger, "the ledger", [&] { checks.makespan(); });
    if (!judgement.arrivals) guarded(check::kLedger, "the ledger", [&] { checks.concurrency(workload.offloads); });
  }
  guarded(check::kWorker, "trial.json", [&] { checks.census(); });
  guarded(check::kWorker, "trial.json", [&] { checks.cpu(); });
  checks.cores();
  return std::move(checks.reasons_);
}

bool is_fault(const json& trial) {
  if (trial.at("verdict") != "void") return false;
  const auto reasons = trial.at("reasons").get<std::vector<Reason>>();
  return !std::all_of(reasons.begin(), reasons.end(),
                      [](const Reason& reason) { return is_lost(reason.check) || reason.check == check::kDisturbed; });
}

bool server_limited(const Load& load, bool on_schedule, const json& ledger) try {
  if (!ledger.is_object()) return false;
  if (ledger.at("listen_overflows") != 0 || ledger.at("connections_shed") != 0) return true;
  const Delay& delay = load.profile.delay;
  if (delay.kind == DelayKind::none && !on_schedule) return false;
  const auto cpu = ledger.at("cpu_ns").at("user").get<double>() + ledger.at("cpu_ns").at("system").get<double>();
  if (cpu > 0.6 * ledger.at("wall_ns").get<double>()) return true;
  if (delay.kind == DelayKind::none) return false;
  const auto typical = delay.kind == DelayKind::uniform ? (delay.low + delay.high) / 2 : delay.low;
  const double allowed_ns = std::max(1e6, 0.02 * 1e3 * static_cast<double>(typical.count()));
  return ledger.at("lateness_ns").at("p99").get<double>() > allowed_ns;
} catch (const json::exception&) {
  return true;  // no proof of headroom
}

}  // namespace interleave
