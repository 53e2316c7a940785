// Flags in, options out.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/worker_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <climits>
#include <list>
#include <stdexcept>

#include "harness/load/point.hpp"

namespace interleave {
namespace {

constexpr Range kDescriptors{0, INT_MAX};

// Each flag once, but for the lists.
class Flags {
 public:
  Flags(const std::string& program, WorkerOptions& options)
      : app_(
            "Runs every workload that the flags allow once, proves what it did, and reports as a Google Benchmark "
            "program.",
            program),
        options_(options) {
    app_.set_help_flag("");
    app_.allow_extras();
    app_.get_formatter()->column_width(28);
    app_.footer(
        "\nExit status: 0 done, 1 a wrong outcome, 2 usage or set-up, 77 a limit of the machine or of the model.\n");
    load_flags();
    harness_flags();
    app_.add_flag("--describe", options.describe,
                  "What the model is, what it offers and which policies there are, as JSON");
    app_.add_flag("-h,--help", help_, "Print this and Google Benchmark's flags");
  }

  void parse(int& argc, char** argv) try {
    app_.parse(argc, argv);
    rest_ = app_.remaining();
    if (help_) options_.help = app_.help();
  } catch (const CLI::ParseError& error) {
    throw std::invalid_argument(error.what());
  }

  // What is left over, for Google Benchmark.
  void leave(int& argc, char** argv) {
    static std::list<std::string> kept;  // argv points into it
    int count = 1;
    for (const std::string& each : rest_) argv[count++] = kept.emplace_back(each).data();
    argc = count;
    argv[argc] = nullptr;
  }

 private:
  template <class Set>
  CLI::Option* add(const std::string& flag, const char* type, const std::string& meaning, Set set) {
    return app_.add_option_function<std::string>(flag, set, meaning)->type_name(type);
  }
  template <class T>
  void add_number(const std::string& flag, T& value, Range range, const std::string& meaning) {
    add(flag, "N", fmt::format("{}, {} to {} ({})", meaning, range.least, range.most, value),
        [&value, flag, range](const std::string& text) { value = static_cast<T>(whole_number(flag, text, range)); });
  }

  void load_flags() {
    Load& load = options_.load;
    add("--server", "127.0.0.1:PORT",
        "The delay/error server (interleave serve), for workloads that connect; started with the same --profile, "
        "--seed and --items",
        [&load](const std::string& text) { load.port = port_of(text); });
    add("--name-server", "127.0.0.1:PORT",
        "The name server of `interleave serve --names`, for workloads that look names up",
        [&load](const std::string& text) { load.name_port = port_of(text); });
    add("--profile", "NAME",
        fmt::format("What the server does to requests: {} ({})", fmt::join(profile_names(), ", "), load.profile.name),
        [&load](const std::string& text) { load.profile = profile_named(text); });
    add_number("--items", load.items, kItems, "How many items");
    add_number("--in-flight", load.in_flight, {1, kItems.most}, "How many of them at once; no more than --items");
    add_number("--seed", load.seed, kSeeds, "Of delays, sizes and faults");
    add_number("--cores", load.cores, kCores,
               "How many cores the model may use: the first ones of those it is allowed");
    add_list("--set", "KEY=VALUE",
             "A parameter of a workload (interleave list workloads), or timeout=TIME: how long a request may take, "
             "such as 250us, 50ms or "
             "1.5s; 0s: for ever (10s)",
             [&load](const std::string& text) { set_parameter(load, text); });
    add_list("--policy", "KEY=VALUE", "A policy of the model (--describe lists them)",
             [&load](const std::string& text) { set_policy(load, text); });
  }

  void harness_flags() {
    add("--point", "FILE", "One trial as `interleave run` asks for it (docs/worker_contract.md): the load's JSON",
        [this](const std::string& text) { options_.point = text; });
    add("--out", "FILE", "With --point: what the worker says of the trial, as JSON",
        [this](const std::string& text) { options_.out = text; });
    add_descriptor("--tape", options_.tape, "With --point: the open file that records go to");
    add_descriptor("--inputs", options_.inputs, "With --point: the open file of what each item is to do");
    add_descriptor("--control", options_.control, "With --point: the open socket to the harness");
  }

  void add_descriptor(const std::string& flag, int& value, const char* meaning) {
    add(flag, "FD", meaning,
        [&value, flag](const std::string& text) { value = static_cast<int>(whole_number(flag, text, kDescriptors)); });
  }

  template <class Set>
  void add_list(const std::string& flag, const char* type, const char* meaning, Set set) {
    app_.add_option_function<std::vector<std::string>>(
            flag,
            [set](const std::vector<std::string>& all) {
              for (const std::string& each : all) set(each);
            },
            meaning)
        ->type_name(type)
        ->allow_extra_args(false);
  }

  CLI::App app_;
  WorkerOptions& options_;
  std::vector<std::string> rest_;
  bool help_ = false;
};

}  // namespace

WorkerOptions take_options(const std::string& program, int& argc, char** argv) {
  WorkerOptions options;
  Flags flags(program, options);
  flags.parse(argc, argv);
  flags.leave(argc, argv);
  if (options.load.in_flight > options.load.items) {
    throw std::invalid_argument(
        fmt::format("--in-flight {} exceeds --items {}", options.load.in_flight, options.load.items));
  }
  return options;
}

}  // namespace interleave
