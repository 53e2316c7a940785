// The doctor's judgement.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/text/joined.hpp"

namespace interleave {
namespace {

using nlohmann::json;

Finding cores(const json& facts) {
  const auto allowed = facts.at("allowed_cpus").size();
  if (allowed > 1) return {"fine", fmt::format("{} cores: the server has the last one for itself", allowed), ""};
  return {"warning", "one core: server and models share it, so CPU and latency mix", "give the machine a second core"};
}

Finding clock(const json& facts) {
  const std::string source =
      facts.at("clock_source").is_string() ? facts.at("clock_source").get<std::string>() : "unknown";
  if (source == "tsc" || source == "kvm-clock" || source == "arch_sys_counter")
    return {"fine", "clock source " + source, ""};
  return {"warning", fmt::format("clock source {}: reading the time may cost a system call", source),
          "choose tsc where the processor's is stable (boot with clocksource=tsc)"};
}

Finding governor(const json& facts) {
  if (!facts.at("governor").is_string())
    return {"note", "no frequency governor is visible here (virtual machines hide it)", ""};
  const std::string name = facts.at("governor");
  if (name == "performance") return {"fine", "frequency governor performance", ""};
  return {"warning", "frequency governor " + name + ": the clock rate follows the load",
          "sudo cpupower frequency-set -g performance"};
}

Finding descriptors(const json& limits) {
  const std::uint64_t hard =
      limits.at("descriptors_hard").is_null() ? UINT64_MAX : limits.at("descriptors_hard").get<std::uint64_t>();
  const std::string cure = "ulimit -Hn 20000 (LimitNOFILE= in systemd, nofile in /etc/security/limits.conf)";
  if (hard >= 10'064) return {"fine", "descriptors suffice for 10,000 in flight", ""};
  if (hard <= 64)
    return {"problem",
            fmt::format("{} descriptors a process: no model can download, which takes 64 and one a lane", hard), cure};
  return {"warning", fmt::format("{} descriptors a process: in_flight above {} is left out", hard, hard - 64), cure};
}

Finding ports(const json& limits) {
  const auto count = limits.at("ephemeral_ports").get<std::uint64_t>();
  if (count >= 20'000) return {"fine", fmt::format("{} ephemeral ports", count), ""};
  return {"warning", fmt::format("only {} ephemeral ports: trials with many connections may run out of them", count),
          "sudo sysctl net.ipv4.ip_local_port_range='32768 60999'"};
}

Finding reuse(const json& limits) {
  if (limits.at("tcp_tw_reuse").is_null() || limits.at("tcp_tw_reuse") != 0)
    return {"fine", "ports of closed connections are reused", ""};
  return {"warning", "tcp_tw_reuse is 0: closed connections keep their port for a minute",
          "sudo sysctl net.ipv4.tcp_tw_reuse=2"};
}

Finding backlog(const json& limits) {
  const auto somaxconn = limits.at("somaxconn").is_null() ? 0 : limits.at("somaxconn").get<std::int64_t>();
  if (somaxconn >= 1024) return {"fine", fmt::format("somaxconn {}", somaxconn), ""};
  return {"warning", fmt::format("somaxconn {}: many connections at once overflow the queue", somaxconn),
          "sudo sysctl net.core.somaxconn=4096"};
}

Finding threads(const json& limits) {
  const auto of = [&](const char* key) {
    return limits.at(key).is_null() ? INT64_MAX : limits.at(key).get<std::int64_t>();
  };
  const std::int64_t most = std::min({of("threads_max"), of("pid_max"), of("processes"), of("map_count") / 2});
  if (most >= 11'000) return {"fine", "threads suffice for 10,000 in flight", ""};
  return {"note", fmt::format("about {} threads can exist at once: thread models skip what needs more", most),
          "raise ulimit -u, kernel.threads-max, kernel.pid_max and vm.max_map_count"};
}

Finding uring(const json& facts) {
  const std::string state = facts.at("io_uring");
  if (state == "allowed") return {"fine", "io_uring is allowed", ""};
  return {"note", "io_uring is not allowed (" + state + "): models on it are skipped",
          "sudo sysctl kernel.io_uring_disabled=0, or a container profile that allows it"};
}

Finding memory(const json& facts) {
  const auto available =
      facts.at("memory_available_bytes").is_null() ? 0.0 : facts.at("memory_available_bytes").get<double>() / (1 << 30);
  if (available >= 1.5) return {"fine", fmt::format("{:.1f} GiB of memory available", available), ""};
  return {"warning", fmt::format("{:.1f} GiB of memory available: large trials may be killed", available),
          "close other programs"};
}

Finding slack(const json& facts) {
  const auto ns = facts.at("timer_slack_ns").get<std::int64_t>();
  const auto p99 = facts.at("sleep_overshoot_ns").at("p99").get<double>();
  const std::string what = fmt::format("timer slack {} ns; sleeps end {:.0f} us late (p99)", ns, p99 / 1e3);
  if (p99 < 2e6) return {"fine", what, ""};
  return {"warning", what + ": delays will be late",
          "leave the machine alone, or give the virtual machine cores of its own"};
}

std::string percent(double share) { return fmt::format("{:.0f} %", 100 * share); }

Finding loopback(const json& facts) {
  if (facts.at("loopback").is_null()) return {"fine", "client and server can meet on 127.0.0.1", ""};
  return {"problem", facts.at("loopback").get<std::string>(), "sudo ip link set lo up"};
}

std::optional<Finding> quota(const json& cgroup) {
  const json& cpu = cgroup.at("cpu");
  if (!cpu.is_object()) return std::nullopt;
  return Finding{
      "warning",
      fmt::format("the cgroup has {:.2f} cores in periods of {} ms ({}): whoever uses them up stands still, and "
                  "trials in which somebody did are void",
                  cpu.at("cores").get<double>(), cpu.at("period_us").get<double>() / 1000,
                  cpu.at("file").get<std::string>()),
      "take the quota away (docker run without --cpus, CPUQuota= in systemd) and hold the run to cores with "
      "taskset or --cpuset-cpus"};
}

std::optional<Finding> group_memory(const json& cgroup) {
  const json& memory = cgroup.at("memory");
  if (!memory.is_object()) return std::nullopt;
  const double left = memory.at("left").get<double>() / (1 << 30);
  const std::string what =
      fmt::format("{:.2f} GiB of memory left to the cgroup ({})", left, memory.at("file").get<std::string>());
  if (left >= 1.5) return Finding{"fine", what, ""};
  return Finding{"warning", what + ": large trials may be killed",
                 "raise the limit (docker run --memory, MemoryMax= in systemd)"};
}

std::optional<Finding> group_tasks(const json& cgroup) {
  const json& tasks = cgroup.at("tasks");
  if (!tasks.is_object()) return std::nullopt;
  const auto left = tasks.at("left").get<std::uint64_t>();
  const std::string what = fmt::format("{} tasks left to the cgroup ({})", left, tasks.at("file").get<std::string>());
  if (left >= 11'000) return Finding{"fine", what, ""};
  return Finding{"note", what + ": models of threads and processes skip what needs more",
                 "raise it (docker run --pids-limit, TasksMax= in systemd)"};
}

std::optional<Finding> tuning(const json& variables) {
  if (variables.empty()) return std::nullopt;
  const std::string names = joined(variables.items(), ", ", [](const auto& variable) { return variable.key(); });
  return Finding{"warning", names + " reaches the models and may change what is measured",
                 "unset it, unless that is what you want to know"};
}

}  // namespace

std::vector<Finding> disturbances_of(const json& facts) {
  std::vector<Finding> found;
  const json& use = facts.at("present_use");
  if (!use.is_object()) return found;
  if (const double busy = use.at("busy_share"); busy > 0.15)
    found.push_back({"warning", percent(busy) + " of the cores are in use: something else is running",
                     "stop it (top shows it), or wait until it is done"});
  if (const double stolen = use.at("stolen_share"); stolen > 0.02)
    found.push_back({"warning", percent(stolen) + " of the cores go to other virtual machines",
                     "give this one cores of its own, or measure at a quieter time"});
  return found;
}

std::vector<Finding> handicaps_of(const json& facts) {
  std::vector<Finding> found;
  for (const auto& finding :
       {quota(facts.at("cgroup")), group_memory(facts.at("cgroup")), tuning(facts.at("tuning"))}) {
    if (finding && finding->level == "warning") found.push_back(*finding);
  }
  return found;
}

std::vector<Finding> findings_of(const json& facts) {
  const json& limits = facts.at("limits");
  std::vector<Finding> all{cores(facts),        clock(facts),  governor(facts), memory(facts),
                           descriptors(limits), ports(limits), reuse(limits),   backlog(limits),
                           threads(limits),     uring(facts),  loopback(facts), slack(facts)};
  const json& cgroup = facts.at("cgroup");
  for (const auto& finding : {quota(cgroup), group_memory(cgroup), group_tasks(cgroup), tuning(facts.at("tuning"))}) {
    if (finding) all.push_back(*finding);
  }
  const auto disturbances = disturbances_of(facts);
  if (disturbances.empty()) all.push_back({"fine", "nothing else is running", ""});
  all.insert(all.end(), disturbances.begin(), disturbances.end());
  return all;
}

}  // namespace interleave
