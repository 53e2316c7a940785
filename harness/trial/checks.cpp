// The five checks.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/checks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace interleave {
namespace {

using nlohmann::json;

std::string hex(std::uint64_t value) { return fmt::format("{:016x}", value); }

class Checks {
 public:
  Checks(const Load& load, const Oracle& oracle, const Evidence& evidence)
      : load_(load), oracle_(oracle), worker_(evidence.worker), ledger_(evidence.ledger), census_(evidence.census) {}

  void oracle() {
    const std::string said = worker_.at("reason");
    const std::string status = worker_.at("status");
    json expected = json::object();
    for (std::size_t i = 0; i < kOutcomes; ++i) {
      if (oracle_.outcomes[i] != 0) expected[std::string(kOutcomeNames[i])] = oracle_.outcomes[i];
    }
    const auto count = [&](const char* key) { return worker_.at(key).get<std::uint64_t>(); };
    if (status != "right" || count("wrong") + count("missing") + count("doubled") != 0) {
      reasons_.push_back(fmt::format("oracle: {} wrong, {} missing, {} doubled: {}", count("wrong"), count("missing"),
                                     count("doubled"), said));
    } else if (worker_.at("outcomes") != expected) {
      reasons_.push_back(
          fmt::format("oracle: outcomes {} instead of {}", worker_.at("outcomes").dump(), expected.dump()));
    } else if (worker_.at("digest") != hex(oracle_.digest)) {
      reasons_.push_back(fmt::format("oracle: digest {} instead of {}: not the content that was asked for",
                                     worker_.at("digest").get<std::string>(), hex(oracle_.digest)));
    }
  }

  void ledger() {
    const auto count = [&](const char* key) { return ledger_.at(key).get<std::uint64_t>(); };
    const std::uint64_t requests = count("requests"), unique = count("unique");
    if (count("missing") != 0 || count("duplicates") != 0 || count("unexpected") != 0 || unique != load_.items) {
      reasons_.push_back(
          fmt::format("ledger: {} of {} items seen in {} requests, {} missing, {} duplicate, {} unexpected", unique,
                      load_.items, requests, count("missing"), count("duplicates"), count("unexpected")));
    } else if (ledger_.at("fingerprint") != hex(oracle_.fingerprint)) {
      reasons_.push_back(fmt::format("ledger: fingerprint {} instead of {}",
                                     ledger_.at("fingerprint").get<std::string>(), hex(oracle_.fingerprint)));
    } else if (!ledger_.at("deterministic").get<bool>()) {
      reasons_.push_back("ledger: the server gave replies by chance, which are never ranked: " +
                         ledger_.at("by_chance").dump());
    }
  }

  // Both clocks are CLOCK_MONOTONIC: a run cannot be shorter than what the server saw of it.
  void makespan() {
    const double said = worker_.at("makespan_ns"), seen = ledger_.at("wall_ns");
    const double stamped_late = ledger_.at("loop_lag_ns").at("max");  // a server that had to wait for its core
    if (said < seen - std::max(20e6, 0.05 * seen) - 2 * stamped_late) {
      reasons_.push_back(fmt::format("makespan: the worker says {:.1f} ms, the server was busy for {:.1f} ms",
                                     said / 1e6, seen / 1e6));
    }
  }

  void concurrency(bool offloads) {
    const double used = ledger_.at("connections_used");
    if (used < 0.99 * load_.in_flight) {
      // Where items do not wait, who gets them is the scheduler's choice, and some lane may go without.
      const bool may_be = load_.profile.delay.kind == DelayKind::none;
      reasons_.push_back(fmt::format("{}: {:.0f} connections used, {} were asked for",
                                     may_be ? "sustained" : "concurrency", used, load_.in_flight));
    } else if (load_.in_flight == 1) {
      return;  // one is reached by the first item; gaps between items are the model's time, and measured
    } else if (load_.profile.delay.kind != DelayKind::none) {
      plateau(offloads);
    } else if (const double mean = worker_.at("mean_in_flight");
               load_.items >= 10ULL * load_.in_flight && mean < 0.9 * load_.in_flight) {
      reasons_.push_back(
          fmt::format("sustained: {:.1f} items under way on average, {} were asked for", mean, load_.in_flight));
    }
  }

  void plateau(bool offloads) {
    const double peak = ledger_.at("peak_in_flight"), share = ledger_.at("plateau_share");
    if (peak < 0.99 * load_.in_flight) {
      reasons_.push_back(
          fmt::format("sustained: at most {:.0f} requests in flight, {} were asked for", peak, load_.in_flight));
    } else if (share < 0.9 && !offloads) {
      reasons_.push_back(
          fmt::format("sustained: only {:.0f} % of the plateau was at {} in flight", 100 * share, load_.in_flight));
    }
  }

  void census() {
    if (!census_.is_object() || !census_.value("sampled", false)) return;
    const json& claims = worker_.at("claims");
    const bool come_and_go = claims.value("come_and_go", false);
    for (const char* what : {"threads", "processes"}) {
      const auto counted = census_.at(what).get<std::int64_t>();
      const auto claimed = claims.at(what).get<std::int64_t>();
      // A thread that has been joined is counted by /proc for a moment more, while the next one is started.
      const std::int64_t most = come_and_go && claimed > 1 ? claimed + 1 : claimed;
      if (come_and_go ? counted > most : counted != claimed) {
        reasons_.push_back(fmt::format("census: {} {} counted, the model claims {}", census_.at(what).dump(), what,
                                       claims.at(what).dump()));
      }
    }
  }

  std::vector<std::string> reasons_;

 private:
  const Load& load_;
  const Oracle& oracle_;
  const json &worker_, &ledger_, &census_;
};

}  // namespace

std::vector<std::string> why_void(const Load& load, const KnownWorkload& workload, const Oracle& oracle,
                                  const Evidence& evidence) {
  Checks checks(load, oracle, evidence);
  const auto guarded = [&](const char* source, auto check) {
    try {
      check();
    } catch (const json::exception& error) {
      checks.reasons_.push_back(fmt::format("{} is not what docs/design.md says: {}", source, error.what()));
    }
  };
  guarded("trial.json", [&] { checks.oracle(); });
  if (workload.connects) {
    guarded("the ledger", [&] { checks.ledger(); });
    guarded("the ledger or trial.json", [&] { checks.makespan(); });
    guarded("the ledger or trial.json", [&] { checks.concurrency(workload.offloads); });
  }
  guarded("trial.json", [&] { checks.census(); });
  return std::move(checks.reasons_);
}

bool is_fault(const json& trial) {
  if (trial.at("verdict") != "void") return false;
  const json& reasons = trial.at("reasons");
  return !std::all_of(reasons.begin(), reasons.end(),
                      [](const std::string reason) { return reason.rfind("sustained:", 0) == 0; });
}

bool server_limited(const Load& load, const json& ledger) try {
  if (!ledger.is_object()) return false;
  if (ledger.at("listen_overflows") != 0 || ledger.at("connections_shed") != 0) return true;
  const Delay& delay = load.profile.delay;
  if (delay.kind == DelayKind::none) return false;
  const auto cpu = ledger.at("cpu_ns").at("user").get<double>() + ledger.at("cpu_ns").at("system").get<double>();
  if (cpu > 0.6 * ledger.at("wall_ns").get<double>()) return true;
  const auto typical = delay.kind == DelayKind::uniform ? (delay.low + delay.high) / 2 : delay.low;
  const double allowed_ns = std::max(1e6, 0.02 * 1e3 * static_cast<double>(typical.count()));
  return ledger.at("lateness_ns").at("p99").get<double>() > allowed_ns;
} catch (const json::exception&) {
  return true;  // no proof of headroom
}

}  // namespace interleave
