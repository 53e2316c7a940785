// Soak: thousands of connections against the profile hostile, clients that abuse them, and a ledger that must add up
// after each round. Exit status 1 with the reason at the first thing that is not as it must be.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "harness/load/load.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/trial/server_child.hpp"
#include "tests/soak/account.hpp"
#include "tests/soak/client.hpp"
#include "tests/soak/memory.hpp"

namespace {

using namespace interleave;
using namespace interleave::soak;
using Clock = std::chrono::steady_clock;

constexpr int kLeastPlayed = 3;      // rounds, however short the time
constexpr int kStatePolls = 15'000;  // a millisecond each, and more where this process is stopped meanwhile

struct Options {
  double minutes = 30;
  std::uint32_t connections = 5000;
  std::uint32_t items = 0;  // of a round; 0: ten for each connection
  double time_scale = 10;
  std::uint64_t seed = 1;
  std::string server;
  std::uint32_t shards = 1;
  std::uint64_t most_growth_kib = 4096;
};

std::string neighbour(const char* name) {
  return std::filesystem::read_symlink("/proc/self/exe").replace_filename(name);
}

void raise_limits(std::uint32_t connections) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < connections + 100U) {
    throw CLI::ValidationError(
        "--connections", fmt::format("at most {} with this limit of open files (ulimit -n)", limit.rlim_cur - 100));
  }
}

// Every connection has been closed by its client, so none may stay open and nothing in flight.
void wait_for_rest(ServerChild& server) {
  ServerState state = server.state();
  for (int poll = 0; poll < kStatePolls && (state.connections_open != 0 || state.in_flight != 0); ++poll) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    state = server.state();
  }
  if (state.connections_open != 0 || state.in_flight != 0) {
    throw Wrong(fmt::format("all clients have left, and {} connections are open, {} requests in flight",
                            state.connections_open, state.in_flight));
  }
}

// One round; answers the server's memory behind it.
std::uint64_t play(ServerChild& server, const Options& options, int round, const Interrupt& interrupt) {
  Load load;
  load.seed = mix64(options.seed, static_cast<std::uint64_t>(round));
  load.profile = profile_named("hostile", options.time_scale);
  load.items = options.items;
  load.in_flight = options.connections;
  const auto began = Clock::now();
  server.begin(fmt::format("round {}", round), load, {.ids = load.items, .unique = load.items});
  const Fates fates(load.profile, load.seed, load.items);
  Account account(load.items);
  Client(server, options.connections, options.time_scale, fates, account, interrupt).run();
  wait_for_rest(server);
  const nlohmann::json ledger = server.end();
  if (const auto wrong = account.differences(ledger); !wrong.empty())
    throw Wrong(fmt::format("the ledger: {}", fmt::join(wrong, "; ")));
  const std::uint64_t kib = resident_kib(server.pid());
  fmt::print(
      "round {}: {} requests, {} completed, {} cut by the server, {} by the client ({} either way), peak in flight {}, "
      "{} KiB, {:.1f} s\n",
      round, account.requests(), ledger.at("completed").dump(), ledger.at("cut_by_server").dump(),
      ledger.at("cut_by_client").dump(), account.either(), ledger.at("peak_in_flight").dump(), kib,
      std::chrono::duration<double>(Clock::now() - began).count());
  std::fflush(stdout);
  return kib;
}

void end(ServerChild& server, const std::filesystem::path& scratch) {
  const Ended ended = server.stop();
  std::ifstream file(scratch / "server.stderr");
  const std::string said(std::istreambuf_iterator<char>(file), {});
  if (ended.exit_status == 0 && said.empty()) return;
  throw Wrong(
      fmt::format("the server ended with status {}, signal {}, and said: {}", ended.exit_status, ended.signal, said));
}

void play_all(const Options& options) {
  const std::filesystem::path scratch =
      std::filesystem::temp_directory_path() / fmt::format("interleave-soak-{}", ::getpid());
  std::filesystem::create_directories(scratch);
  const Interrupt interrupt;
  ServerChild server({}, scratch, interrupt, {options.server, {"--shards", std::to_string(options.shards)}});
  const auto until = Clock::now() + std::chrono::duration<double>(options.minutes * 60);
  std::vector<std::uint64_t> kib;
  try {
    for (int round = 1; round <= kLeastPlayed || Clock::now() < until; ++round)
      kib.push_back(play(server, options, round, interrupt));
  } catch (const Wrong& wrong) {
    throw Wrong(fmt::format("round {}: {}", kib.size() + 1, wrong.what()));
  }
  end(server, scratch);
  std::filesystem::remove_all(scratch);
  if (options.most_growth_kib != 0) {
    if (const auto grown = growth(kib, options.most_growth_kib)) throw Wrong(*grown);
  }
  fmt::print("{} rounds, all exact; memory {}\n", kib.size(),
             options.most_growth_kib == 0 ? "not judged"
             : kib.size() < kLeastRounds  ? "not judged, too few rounds"
                                          : "does not grow");
}

}  // namespace

int main(int argc, char** argv) try {
  Options options;
  options.server = neighbour("interleave");
  CLI::App app(
      "Plays rounds of the profile hostile with clients that abuse their connections, and reconciles the ledger after "
      "each.",
      argv[0]);
  app.add_option("--minutes", options.minutes, "how long; at least three rounds")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 10'000.0));
  app.add_option("--connections", options.connections, "at a time")
      ->capture_default_str()
      ->check(CLI::Range(1U, 60'000U));
  app.add_option("--items", options.items, "of a round; 0: ten for each connection")->capture_default_str();
  app.add_option("--time-scale", options.time_scale,
                 "multiplies the profile's delays of 1 to 20 ms, and the clients' pauses")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 1000.0));
  app.add_option("--seed", options.seed, "of fates and clients")->capture_default_str();
  app.add_option("--server", options.server, "the program to start with `serve`")
      ->capture_default_str()
      ->check(CLI::ExistingFile);
  app.add_option("--shards", options.shards, "event loops of the server")->capture_default_str();
  app.add_option(
         "--most-growth-kib", options.most_growth_kib,
         "how far the median memory of the last third of the rounds may lie above that of the first; 0: not judged")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (options.items == 0) options.items = options.connections * 10;
  if (options.shards > std::thread::hardware_concurrency()) {
    fmt::print(stderr, "soak: --shards {} needs as many cores, and this process may run on {}\n", options.shards,
               std::thread::hardware_concurrency());
    return 77;
  }
  raise_limits(options.connections);
  play_all(options);
  return 0;
} catch (const Interrupted&) {
  return 130;
} catch (const CLI::Error& error) {
  fmt::print(stderr, "soak: {}\n", error.what());
  return 2;
} catch (const std::exception& error) {
  fmt::print(stderr, "soak: {}\n", error.what());
  return 1;
}
