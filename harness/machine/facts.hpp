// What this machine is: the facts that environment.json keeps and the doctor judges.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace interleave {

// {"cpu","cores","allowed_cpus","kernel","virtualisation","clock_source","governor","memory_bytes","memory_available_bytes",
// "limits":{"descriptors_soft","descriptors_hard","processes","ephemeral_ports","somaxconn","threads_max","pid_max","map_count",
// "tcp_tw_reuse"},"timer_slack_ns","io_uring":"allowed|why
// not","load_average":[..],"pressure":{"cpu_some_avg10",..},"sleep_overshoot_ns":{"p50","p99"}}; null where the kernel
// does not tell. Takes some 20 ms (the overshoot is measured).
nlohmann::json machine_facts();

// What was built, by whom, when and from what: version, commit, compiler, flags.
nlohmann::json build_facts();

// {"file name": {"bytes","crc32c"}} of each program, so that a resumed run can tell whether they have changed.
nlohmann::json fingerprints_of(const std::vector<std::filesystem::path>& programs);

// The hard limit of descriptors of one process, and the number of ephemeral ports.
std::uint64_t descriptor_limit();
std::uint64_t ephemeral_ports();

}  // namespace interleave
