// Flags in, options out.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/worker_options.hpp"

#include <fmt/format.h>

#include <climits>
#include <stdexcept>

#include "harness/worker/point.hpp"

namespace interleave {
namespace {

std::uint32_t small(const std::string& flag, const std::string& text, Range range) {
  return static_cast<std::uint32_t>(number_of(flag, text, range));
}

std::string profiles() {
  std::string names;
  for (const std::string_view each : profile_names()) names += (names.empty() ? "" : ", ") + std::string(each);
  return names;
}

}  // namespace

WorkerOptions take_options(int& argc, char** argv) {
  WorkerOptions options;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    const auto value = [&]() -> std::string {
      if (equals != std::string::npos) return argument.substr(equals + 1);
      if (i + 1 >= argc) throw std::invalid_argument(flag + " needs a value");
      return argv[++i];
    };
    if (flag == "--help" || flag == "-h") options.help = true;
    else if (flag == "--describe") options.describe = true;
    else if (flag == "--calibrate") options.calibrate = true;
    else if (flag == "--point") options.point = value();
    else if (flag == "--out") options.out = value();
    else if (flag == "--phase-fd") options.phase_fd = static_cast<int>(number_of(flag, value(), {0, INT_MAX}));
    else if (flag == "--server") options.load.port = port_of(value());
    else if (flag == "--profile") options.load.profile = profile_named(value());
    else if (flag == "--items") options.load.items = small(flag, value(), kItems);
    else if (flag == "--in-flight") options.load.in_flight = small(flag, value(), kItems);
    else if (flag == "--seed") options.load.seed = number_of(flag, value(), kSeeds);
    else if (flag == "--cores") options.load.cores = small(flag, value(), kCores);
    else if (flag == "--set") set_parameter(options.load, value());
    else if (flag == "--policy") set_policy(options.load, value());
    else argv[kept++] = argv[i];
  }
  argc = kept;
  argv[argc] = nullptr;
  if (options.load.in_flight > options.load.items) {
    throw std::invalid_argument(
        fmt::format("--in-flight {} exceeds --items {}", options.load.in_flight, options.load.items));
  }
  return options;
}

std::string worker_help(const std::string& program) {
  const Load usual;
  return fmt::format(
      R"(Usage: {} [flags] [--benchmark_...]

Runs every workload that the flags allow once, proves what it did, and reports as a Google Benchmark program.

  --server 127.0.0.1:PORT  the delay/error server (interleave serve), for workloads that connect; it must have been
                           started with the same --profile, --seed and --items
  --profile NAME           what the server does to requests: {} ({})
  --items N                how many items, {} to {} ({})
  --in-flight N            how many of them at once, 1 to --items ({})
  --seed N                 of delays, sizes and faults, {} to {} ({})
  --cores N                how many cores the model may use, {} to {} ({})
  --set KEY=VALUE          a parameter of a workload (--describe lists them), or timeout=TIME: how long a request may
                           take, such as 250us, 50ms or 1.5s; 0s: for ever (10s)
  --policy KEY=VALUE       a policy of the model (--describe lists them)

  --point FILE --out FILE  run one trial as `interleave run` does: the load's JSON in, the trial's JSON out
  --phase-fd N             with --point: tell this open descriptor, a pipe, when a phase begins; ends with its reader
  --describe               what the model is, what it offers and which parameters and policies there are, as JSON
  --calibrate              how many squares one core adds up in a microsecond

Exit status: 0 right, 1 a wrong outcome, 2 usage or set-up, 77 a limit of the machine or of the model.
)",
      program, profiles(), usual.profile.name, kItems.least, kItems.most, usual.items, usual.in_flight, kSeeds.least,
      kSeeds.most, usual.seed, kCores.least, kCores.most, usual.cores);
}

}  // namespace interleave
