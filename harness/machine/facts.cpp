// Reading the machine.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/facts.hpp"

#include <fmt/format.h>
#include <linux/io_uring.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "harness/machine/cgroup.hpp"
#include "harness/machine/commit.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/loopback.hpp"
#include "harness/machine/tuning.hpp"
#include "harness/numbers/clock.hpp"

namespace interleave {
namespace {

using nlohmann::json;

std::string line_of(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

json text_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json number_in(const std::string& file) {
  std::ifstream in(file);
  std::int64_t value = 0;
  return in >> value ? json(value) : json(nullptr);
}

// The value after "key<blanks>:" in a file of such lines.
std::string value_in(const std::string& file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const std::size_t at = line.find_first_not_of(" \t", line.find(':') + 1);
    return at == std::string::npos ? "" : line.substr(at);
  }
  return {};
}

json kib_in_meminfo(const std::string& key) {
  const std::string text = value_in("/proc/meminfo", key);
  return text.empty() ? json(nullptr) : json(std::stoll(text) * 1024);
}

json limit(std::uint64_t value) { return value == RLIM_INFINITY ? json(nullptr) : json(value); }

json limits() {
  rlimit files{}, processes{};
  getrlimit(RLIMIT_NOFILE, &files);
  getrlimit(RLIMIT_NPROC, &processes);
  return {{"descriptors_soft", limit(files.rlim_cur)},
          {"descriptors_hard", limit(files.rlim_max)},
          {"processes", limit(processes.rlim_cur)},
          {"ephemeral_ports", ephemeral_ports()},
          {"somaxconn", number_in("/proc/sys/net/core/somaxconn")},
          {"threads_max", number_in("/proc/sys/kernel/threads-max")},
          {"pid_max", number_in("/proc/sys/kernel/pid_max")},
          {"map_count", number_in("/proc/sys/vm/max_map_count")},
          {"tcp_tw_reuse", number_in("/proc/sys/net/ipv4/tcp_tw_reuse")}};
}

std::string io_uring_state() {
  io_uring_params params{};
  const long fd = ::syscall(SYS_io_uring_setup, 2, &params);
  if (fd < 0) return std::strerror(errno);
  ::close(static_cast<int>(fd));
  return "allowed";
}

json load_average() {
  std::ifstream in("/proc/loadavg");
  double one = 0, five = 0, fifteen = 0;
  return in >> one >> five >> fifteen ? json{one, five, fifteen} : json(nullptr);
}

// The share of the last ten seconds in which some task waited for the resource, in percent.
json pressure(const std::string& resource) {
  const std::string line = line_of("/proc/pressure/" + resource);
  const std::size_t at = line.find("avg10=");
  return line.rfind("some", 0) == 0 && at != std::string::npos ? json(std::stod(line.substr(at + 6))) : json(nullptr);
}

// How much later than asked a sleep of 100 us ends: the machine's wake-up latency, timer slack included.
json sleep_overshoot() {
  std::vector<std::int64_t> over;
  const timespec nap{0, 100'000};
  for (int i = 0; i < 100; ++i) {
    const std::int64_t start = now_ns();
    ::nanosleep(&nap, nullptr);
    over.push_back(now_ns() - start - nap.tv_nsec);
  }
  std::sort(over.begin(), over.end());
  return {{"p50", over[50]}, {"p99", over[99]}};
}

// Since the machine's start, in ticks, of the cores this process may use.
struct CoreTime {
  std::int64_t busy = 0, stolen = 0, all = 0;
};

CoreTime core_time() {
  const std::vector<int> allowed = allowed_cpus();
  CoreTime sum;
  std::ifstream in("/proc/stat");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("cpu", 0) != 0 || line.size() < 4 || line[3] == ' ') continue;
    std::istringstream words(line.substr(3));
    int cpu = 0;
    std::int64_t user = 0, nice = 0, system = 0, idle = 0, waiting = 0, interrupts = 0, soft = 0, stolen = 0;
    words >> cpu >> user >> nice >> system >> idle >> waiting >> interrupts >> soft >> stolen;
    if (!std::binary_search(allowed.begin(), allowed.end(), cpu)) continue;
    const std::int64_t busy = user + nice + system + interrupts + soft;
    sum.busy += busy;
    sum.stolen += stolen;
    sum.all += busy + idle + waiting + stolen;
  }
  return sum;
}

// What others do at this very moment, while this process sleeps. Averages (load, pressure) would blame them for what
// the user's own last run or build did a minute ago.
json present_use() {
  constexpr timespec kWindow{0, 300'000'000};
  const CoreTime before = core_time();
  ::nanosleep(&kWindow, nullptr);
  const CoreTime after = core_time();
  const auto all = static_cast<double>(after.all - before.all);
  if (all <= 0) return nullptr;
  return {{"busy_share", static_cast<double>(after.busy - before.busy) / all},
          {"stolen_share", static_cast<double>(after.stolen - before.stolen) / all}};
}

json bound_json(const std::vector<CgroupBound>& bounds) {
  const auto most = tightest(bounds);
  if (!most) return nullptr;
  return {{"most", most->most}, {"left", least_left(bounds)->left}, {"file", most->file}};
}

// What binds, of this process's group and those above it.
json cgroup_limits() {
  const CgroupLimits limits = read_cgroup_limits();
  json cpu;
  if (const auto quota = tightest(limits.cpu))
    cpu = {{"cores", quota->cores}, {"period_us", quota->period.count()}, {"file", quota->file}};
  const Throttled throttled = ThrottleMeter().now();
  return {{"cpu", cpu},
          {"memory", bound_json(limits.memory)},
          {"tasks", bound_json(limits.tasks)},
          {"throttled", {{"periods", throttled.periods}, {"ns", throttled.stopped.count()}}}};
}

std::string virtualisation() {
  const std::string cpuinfo_flags = value_in("/proc/cpuinfo", "flags");
  return cpuinfo_flags.find(" hypervisor") == std::string::npos ? "none seen" : "virtual machine";
}

}  // namespace

std::uint64_t descriptor_limit() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_max;
}

std::uint64_t ephemeral_ports() {
  std::ifstream in("/proc/sys/net/ipv4/ip_local_port_range");
  std::uint64_t low = 0, high = 0;
  return in >> low >> high ? high - low + 1 : 28'232;
}

json machine_facts() {
  utsname kernel{};
  uname(&kernel);
  const json facts{
      {"cpu", text_or_null(value_in("/proc/cpuinfo", "model name"))},
      {"cores", sysconf(_SC_NPROCESSORS_ONLN)},
      {"allowed_cpus", allowed_cpus()},
      {"kernel", fmt::format("{} {}", kernel.sysname, kernel.release)},
      {"architecture", kernel.machine},
      {"host", kernel.nodename},
      {"virtualisation", virtualisation()},
      {"clock_source", text_or_null(line_of("/sys/devices/system/clocksource/clocksource0/current_clocksource"))},
      {"governor", text_or_null(line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"))},
      {"memory_bytes", kib_in_meminfo("MemTotal")},
      {"memory_available_bytes", kib_in_meminfo("MemAvailable")},
      {"limits", limits()},
      {"timer_slack_ns", prctl(PR_GET_TIMERSLACK)},
      {"io_uring", io_uring_state()},
      {"cgroup", cgroup_limits()},
      {"tuning", tuning_variables()},
      {"loopback", text_or_null(why_no_loopback().value_or(""))},
      {"present_use", present_use()},
      {"load_average", load_average()},
      {"pressure",
       {{"cpu_some_avg10", pressure("cpu")},
        {"io_some_avg10", pressure("io")},
        {"memory_some_avg10", pressure("memory")}}},
      {"sleep_overshoot_ns", sleep_overshoot()}};
  // A variable or a path need not be UTF-8, and JSON must be.
  return json::parse(facts.dump(-1, ' ', false, json::error_handler_t::replace));
}

json build_facts() {
  return {{"version", kVersion},
          {"commit", kCommit},
          {"compiler", kCompiler},
          {"build_type", kBuildType},
          {"flags", kFlags}};
}

}  // namespace interleave
