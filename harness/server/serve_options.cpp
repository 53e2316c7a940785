// The options, through CLI11.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/serve_options.hpp"

#include <sched.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "harness/http/profile.hpp"
#include "harness/text/joined.hpp"
#include "harness/text/option_checks.hpp"

namespace interleave {
namespace {

// Cores this process may run on.
unsigned usable_cores() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&cores)));
}

}  // namespace

std::optional<ServeOptions> parse_serve_options(int argc, char** argv, int& status) {
  ServeOptions options;
  CLI::App app(
      "A misbehaving HTTP/1.1 server on loopback whose every fault is exact, seeded and counted. Prints one JSON "
      "line with its ports when it listens; every fault with a curl line is in docs/server.md.",
      argv[0]);
  app.add_option("--profile", options.profile, "what /item/<id> draws its fates from: " + joined(profile_names(), ", "))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of the fates; any 64-bit number")->capture_default_str()->check(not_64_bits);
  app.add_option("--items", options.items, "how many items the quotas are exact over")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}));
  app.add_option("--time-scale", options.time_scale, "multiplies every delay of the profile")
      ->capture_default_str()
      ->check(not_finite)
      ->check(CLI::Range(0.0, 1000.0));
  app.add_option("--port", options.port, "data port; 0: any free one")->capture_default_str();
  CLI::Option* const control_port =
      app.add_option("--control-port", options.control_port, "control port; 0: any free one")->capture_default_str();
  app.add_option(
         "--control-socket", options.control_socket,
         "control through a unix socket at this path instead, which must be free or left by a server that is gone")
      ->excludes(control_port)
      ->check([](const std::string& path) { return path.empty() ? "a path is missing" : ""; });
  app.add_option("--shards", options.shards,
                 "event loops, each a thread that gets every n-th connection; at most one a core")
      ->capture_default_str()
      ->check(CLI::Range(1U, usable_cores()));
  app.add_option(
      "--delay-trace", options.delay_trace,
      "a file of delays, one a line (120ms), that replace those of the profile: each item draws one of them");
  app.add_flag(
      "--classic", options.classic,
      "also serve the flag downloads: LOCAL at once, DELAY after 0.5 to 5 s, ERROR the same with 25 % answered 418");
  app.add_option("--local-port", options.local_port, "of --classic; 0: any free one")->capture_default_str();
  app.add_option("--delay-port", options.delay_port, "of --classic; 0: any free one")->capture_default_str();
  app.add_option("--error-port", options.error_port, "of --classic; 0: any free one")->capture_default_str();
  app.add_flag("--fault-ports", options.fault_ports,
               "also open ports that fail before a request: refused, connect_timeout, reset_on_accept, late_accept, "
               "never_reads");
  app.add_option("--late-accept", options.late_accept, "how late the port late_accept accepts (us, ms, s)")
      ->capture_default_str();
  app.add_flag("--names", options.names,
               "also be a name server (DNS, on UDP and TCP) for the names that items look up, with the same fates");
  app.add_option("--name-port", options.name_port, "of --names; 0: any free one")->capture_default_str();
  app.add_option("--ready-fd", options.ready_fd,
                 "inherited descriptor for the JSON line, closed after it; without: stdout");
  app.add_flag("--with-parent", options.with_parent, "end when the process that started this one ends");
  app.add_flag("--listen-anywhere", options.listen_anywhere,
               "listen on all addresses, of IPv4 and IPv6, not on 127.0.0.1 alone");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    status = error.get_exit_code() == 0 ? 0 : 2;
    if (status == 0) app.exit(error);
    else std::cerr << argv[0] << ": " << error.what() << " (--help lists the options)\n";
    return std::nullopt;
  }
  return options;
}

}  // namespace interleave
