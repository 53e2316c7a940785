// trace.json: slices on tracks.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/trace/trace.hpp"

namespace interleave {
namespace {

using nlohmann::json;

double us_of(std::int64_t ns) { return static_cast<double>(ns) / 1e3; }

struct Track {
  int process = 0, thread = 0;
};

json name_event(const char* what, Track track, const std::string& name) {
  return {{"ph", "M"}, {"pid", track.process}, {"tid", track.thread}, {"name", what}, {"args", {{"name", name}}}};
}
json order_event(const char* what, Track track, int place) {
  return {
      {"ph", "M"}, {"pid", track.process}, {"tid", track.thread}, {"name", what}, {"args", {{"sort_index", place}}}};
}

json slice(Track track, const std::string& name, const char* category, std::int64_t from_ns, std::int64_t to_ns,
           json arguments) {
  return {{"ph", "X"},       {"pid", track.process}, {"tid", track.thread},           {"name", name},
          {"cat", category}, {"ts", us_of(from_ns)}, {"dur", us_of(to_ns - from_ns)}, {"args", std::move(arguments)}};
}

class Events {
 public:
  void add(const TracedModel& model) {
    if (!model.skipped.empty()) return;
    begin_process(model.name + ": items");
    for (const ItemLine& item : model.timeline.items) add(item);
    begin_process(model.name + ": threads");
    int place = 0;
    for (const ThreadLine& thread : model.timeline.threads) add(thread, place++);
  }
  json take() { return std::move(events_); }

 private:
  void begin_process(const std::string& name) {
    ++process_;
    lanes_.clear();
    events_.push_back(name_event("process_name", {process_, 0}, name));
    events_.push_back(order_event("process_sort_index", {process_, 0}, process_));
  }

  void add(const ItemLine& item) {
    const Track track{process_, static_cast<int>(item.lane)};
    if (lanes_.insert(track.thread).second) {
      events_.push_back(name_event("thread_name", track, fmt::format("lane {}", item.lane)));
      events_.push_back(order_event("thread_sort_index", track, track.thread));
    }
    events_.push_back(slice(track, fmt::format("item {}", item.item), "item", item.start_ns, item.end_ns,
                            {{"item", item.item}, {"outcome", item.outcome}}));
    for (const StageSpan& span : item.stages) {
      events_.push_back(
          slice(track, std::string(name_of(span.stage)), "stage", span.from_ns, span.to_ns, {{"item", item.item}}));
    }
  }

  void add(const ThreadLine& thread, int place) {
    const Track track{process_, thread.thread};
    events_.push_back(name_event("thread_name", track, thread.name));
    events_.push_back(order_event("thread_sort_index", track, place));
    for (const StateSpan& state : thread.states) {
      events_.push_back(slice(track, state.waits() ? state.call : "runs", state.waits() ? "wait" : "run", state.from_ns,
                              state.to_ns, json::object()));
    }
    for (const CallSpan& call : thread.calls) {
      json arguments = json::object();
      if (call.item) arguments["item"] = *call.item;
      events_.push_back(slice(track, call.call, "call", call.from_ns, call.to_ns, std::move(arguments)));
    }
  }

  json events_ = json::array();
  int process_ = 0;
  std::set<int> lanes_;
};

}  // namespace

json trace_events_of(const Trace& trace) {
  Events events;
  for (const TracedModel& model : trace.models) events.add(model);
  return {{"traceEvents", events.take()},
          {"displayTimeUnit", "ms"},
          {"otherData", {{"program", "interleave " + trace.version}, {"workload", trace.load.workload}}}};
}

}  // namespace interleave
