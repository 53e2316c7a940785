// The doctor's judgement.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

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

}  // namespace

std::vector<Finding> disturbances_of(const json& facts) {
  std::vector<Finding> found;
  const auto cores = static_cast<double>(facts.at("allowed_cpus").size());
  const json& load = facts.at("load_average");
  if (load.is_array() && load[0].get<double>() > 0.3 * cores) {
    found.push_back(
        {"warning",
         fmt::format("load average {:.2f} on {:.0f} cores: something else is running", load[0].get<double>(), cores),
         "stop it (top shows it), or wait a minute"});
  }
  const json& pressure = facts.at("pressure").at("cpu_some_avg10");
  if (pressure.is_number() && pressure.get<double>() > 5) {
    found.push_back({"warning",
                     fmt::format("tasks waited for a core {:.0f} % of the last 10 s", pressure.get<double>()),
                     "stop what else is running (top shows it)"});
  }
  return found;
}

std::vector<Finding> findings_of(const json& facts) {
  const json& limits = facts.at("limits");
  std::vector<Finding> all{cores(facts),        clock(facts),  governor(facts), memory(facts),
                           descriptors(limits), ports(limits), reuse(limits),   backlog(limits),
                           threads(limits),     uring(facts),  slack(facts)};
  const auto disturbances = disturbances_of(facts);
  if (disturbances.empty()) all.push_back({"fine", "nothing else is running", ""});
  all.insert(all.end(), disturbances.begin(), disturbances.end());
  return all;
}

}  // namespace interleave
