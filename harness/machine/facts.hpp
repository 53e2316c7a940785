// What this machine is: the facts that environment.json keeps and the doctor judges.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>

namespace interleave {

// {"cpu","cores","allowed_cpus","kernel","virtualisation","clock_source","governor","memory_bytes","memory_available_bytes",
// "limits":{"descriptors_soft","descriptors_hard","processes","ephemeral_ports","somaxconn","threads_max","pid_max","map_count",
// "tcp_tw_reuse"},"timer_slack_ns","io_uring":"allowed|why not","cgroup":{"cpu":{"cores","period_us","file"}|null,
// "memory":{"most","left","file"}|null,"tasks":{..}|null,"throttled":{"periods","ns"}},"tuning":{variable: value},
// "loopback":"why not"|null,"present_use":{"busy_share","stolen_share"},"load_average":[..],
// "pressure":{"cpu_some_avg10",..},"sleep_overshoot_ns":{"p50","p99"}}; null where the kernel does not tell. Takes some
// 350 ms: the overshoot and the present use are measured.
nlohmann::json machine_facts();

// What was built, by whom, when and from what: version, commit, compiler, flags.
nlohmann::json build_facts();

// The hard limit of descriptors of one process, and the number of ephemeral ports.
std::uint64_t descriptor_limit();
std::uint64_t ephemeral_ports();

}  // namespace interleave
