// One trace, as text for a terminal, as timeline.json and as events for Perfetto.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "harness/trace/trace.hpp"

namespace interleave {
namespace {

constexpr std::int64_t kMs = 1'000'000;

ItemLine item(std::uint32_t number, std::uint32_t lane, std::int64_t from_ms, std::int64_t first_byte_ms,
              std::int64_t end_ms) {
  ItemLine line{.item = number, .lane = lane, .outcome = "OK", .start_ns = from_ms * kMs, .end_ns = end_ms * kMs};
  line.stages.push_back({.stage = Stage::wait, .from_ns = line.start_ns, .to_ns = first_byte_ms * kMs});
  if (end_ms > first_byte_ms)
    line.stages.push_back({.stage = Stage::compute, .from_ns = first_byte_ms * kMs, .to_ns = line.end_ns});
  return line;
}

TracedModel loop() {
  TracedModel model{
      .name = "a_loop", .family = "callbacks", .style = "callback", .library = "lib", .back_end = "epoll"};
  model.in_flight = 2;
  model.clock.error_ns = 40;
  Timeline& timeline = model.timeline;
  timeline = {.run_ns = 64 * kMs, .calls = 4, .joined = 2, .call_ns = 30'000};
  timeline.items = {item(0, 1, 0, 16, 24), item(1, 2, 0, 40, 40), item(2, 1, 24, 60, 64)};
  ThreadLine main{.thread = 10, .process = 10, .name = "main", .from_ns = 0, .to_ns = 64 * kMs, .turns = 2};
  main.states = {{.call = "epoll_wait", .from_ns = 0, .to_ns = 16 * kMs},
                 {.call = "", .from_ns = 16 * kMs, .to_ns = 24 * kMs},
                 {.call = "epoll_wait", .from_ns = 24 * kMs, .to_ns = 63'600'000},
                 {.call = "", .from_ns = 63'600'000, .to_ns = 64 * kMs}};
  main.calls = {{.call = "recvfrom", .from_ns = 16 * kMs, .to_ns = 16 * kMs + 5'000, .item = 0U},
                {.call = "write", .from_ns = 17 * kMs, .to_ns = 17 * kMs + 5'000, .item = {}}};
  main.runs_ns = 8'400'000;
  main.waits_ns = 55'600'000;
  timeline.threads.push_back(main);
  return model;
}

Trace trace_of(std::vector<TracedModel> models) {
  Trace trace{.version = "1", .commit = "c", .load = {}, .models = std::move(models)};
  trace.load.workload = "download_compute";
  return trace;
}

TEST(TraceText, IsAPictureOfLanesAndThreads) {
  TracedModel other{.name = "other", .family = "threads", .style = "", .library = "", .back_end = ""};
  other.skipped = "needs more";
  EXPECT_EQ(trace_text_of(trace_of({loop(), other})),
            "a_loop (callbacks), 2 in flight: 3 items in 64 ms\n"
            "ms          0               20              40              60\n"
            "lane 1      0............######2............................####\n"
            "lane 2      1...............................\n"
            "main        ------------+######+------------------------------+#\n"
            "            1 thread in 1 process, running 13 % of the time; 2 turns of loops; 4\n"
            "            system calls, 2 of them known to be for an item\n"
            "\n"
            "other: skipped, needs more\n"
            "\n"
            "lanes:   3... item 3, begun where its number stands: c connects, . waits,\n"
            "         ! its reply lies unread, r reads, # computes, = waits or computes\n"
            "threads: - waits (for events, a lock, a reply), # runs, + has run in between\n"
            "Traced: a system call takes its thread some 30 us here, which is more than it is\n"
            "without strace. The clocks of calls and records are joined to 40 ns or better.\n");
}

TEST(TraceText, KeepsTo80ColumnsAndToSomeRows) {
  TracedModel model = loop();
  model.name = std::string(90, 'n');
  model.reasons = {std::string("oracle: ") + std::string(100, 'w')};
  while (model.timeline.threads.size() < 40) model.timeline.threads.push_back(model.timeline.threads.front());
  const std::string text = trace_text_of(trace_of({model}));
  std::istringstream lines(text);
  int rows = 0;
  for (std::string line; std::getline(lines, line); ++rows) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_LT(rows, 36);
  EXPECT_NE(text.find("and 24 more, which --json has"), std::string::npos);
}

TEST(TraceText, NumbersOfShortItemsStayWithinTheirRow) {
  TracedModel model = loop();
  model.timeline.items = {item(58, 1, 63, 64, 64), item(59, 1, 0, 1, 1)};
  const std::string text = trace_text_of(trace_of({model}));
  EXPECT_NE(text.find("lane 1      5                                                 58\n"), std::string::npos) << text;
}

TEST(TraceJson, HasEveryLine) {
  const nlohmann::json json = trace_of({loop()});
  EXPECT_EQ(json.at("schema"), 1);
  const nlohmann::json& model = json.at("models").at(0);
  EXPECT_EQ(model.at("model"), "a_loop");
  EXPECT_EQ(model.at("clock_error_ns"), 40);
  EXPECT_EQ(model.at("items").at(0).at("stages").at(1),
            (nlohmann::json{{"stage", "computes"}, {"from_ns", 16 * kMs}, {"to_ns", 24 * kMs}}));
  EXPECT_EQ(model.at("threads").at(0).at("states").at(1).at("state"), "runs");
  EXPECT_EQ(model.at("threads").at(0).at("calls").at(0).at("item"), 0);
  EXPECT_TRUE(model.at("threads").at(0).at("calls").at(1).at("item").is_null());
}

// What the Trace Event Format asks of an event, by its phase.
TEST(TraceEvents, HaveTheFieldsOfTheFormat) {
  const nlohmann::json whole = trace_events_of(trace_of({loop(), loop()}));
  EXPECT_EQ(whole.at("displayTimeUnit"), "ms");
  std::set<std::pair<int, int>> named, used;
  std::set<std::string> processes;
  for (const nlohmann::json& event : whole.at("traceEvents")) {
    const std::pair track{event.at("pid").get<int>(), event.at("tid").get<int>()};
    ASSERT_TRUE(event.at("name").is_string() && event.at("args").is_object()) << event;
    const auto phase = event.at("ph").get<std::string>();
    if (phase == "M") {
      const bool orders = event.at("name").get<std::string>().ends_with("_sort_index");
      EXPECT_TRUE(orders ? event["args"].at("sort_index").is_number() : event["args"].at("name").is_string()) << event;
      if (event["name"] == "process_name") processes.insert(event["args"]["name"]);
      if (event["name"] == "thread_name") named.insert(track);
    } else {
      ASSERT_EQ(phase, "X") << event;
      EXPECT_TRUE(event.at("ts").is_number() && event.at("dur").get<double>() >= 0 && event.at("cat").is_string())
          << event;
      used.insert(track);
    }
  }
  EXPECT_EQ(named, used);
  EXPECT_EQ(named.size(), 6U);  // two lanes and a thread, twice
  EXPECT_EQ(processes, (std::set<std::string>{"a_loop: items", "a_loop: threads"}));
}

// Slices of one track lie within each other or beside each other, or a viewer drops them.
TEST(TraceEvents, NestOnTheirTracks) {
  const nlohmann::json whole = trace_events_of(trace_of({loop()}));
  const auto is_slice = [](const nlohmann::json& event) { return event["ph"] == "X"; };
  for (const nlohmann::json& a : whole["traceEvents"]) {
    for (const nlohmann::json& b : whole["traceEvents"]) {
      if (!is_slice(a) || !is_slice(b) || a["pid"] != b["pid"] || a["tid"] != b["tid"]) continue;
      const double a_from = a["ts"], a_to = a_from + a["dur"].get<double>();
      const double b_from = b["ts"], b_to = b_from + b["dur"].get<double>();
      const bool crosses = a_from < b_from && b_from < a_to && a_to < b_to;
      EXPECT_FALSE(crosses) << a << " " << b;
    }
  }
}

}  // namespace
}  // namespace interleave
