// timeline.json.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/trace/trace.hpp"

namespace interleave {
namespace {

using nlohmann::json;

json json_of(const ItemLine& item) {
  json stages = json::array();
  for (const StageSpan& span : item.stages)
    stages.push_back({{"stage", name_of(span.stage)}, {"from_ns", span.from_ns}, {"to_ns", span.to_ns}});
  return {{"item", item.item},     {"lane", item.lane}, {"outcome", item.outcome}, {"start_ns", item.start_ns},
          {"end_ns", item.end_ns}, {"stages", stages},  {"threads", item.threads}};
}

json json_of(const CallSpan& call) {
  json line{{"call", call.call}, {"from_ns", call.from_ns}, {"to_ns", call.to_ns}, {"item", nullptr}};
  if (call.item) line["item"] = *call.item;
  return line;
}

json json_of(const StateSpan& state) {
  return {{"state", state.waits() ? "waits" : "runs"},
          {"call", state.call},
          {"from_ns", state.from_ns},
          {"to_ns", state.to_ns}};
}

json json_of(const ThreadLine& thread);
json json_of(const TracedModel& model);

template <class Line>
json all_of(const std::vector<Line>& lines) {
  json all = json::array();
  for (const Line& line : lines) all.push_back(json_of(line));
  return all;
}

json json_of(const ThreadLine& thread) {
  return {{"thread", thread.thread},      {"process", thread.process}, {"name", thread.name},
          {"from_ns", thread.from_ns},    {"to_ns", thread.to_ns},     {"turns", thread.turns},
          {"waits_ns", thread.waits_ns},  {"runs_ns", thread.runs_ns}, {"states", all_of(thread.states)},
          {"calls", all_of(thread.calls)}};
}

json json_of(const TracedModel& model) {
  const Timeline& timeline = model.timeline;
  return {{"model", model.name},
          {"family", model.family},
          {"style", model.style},
          {"library", model.library},
          {"back_end", model.back_end},
          {"in_flight", model.in_flight},
          {"skipped", model.skipped},
          {"reasons", model.reasons},
          {"notes", notes_of(model)},
          {"clock_error_ns", model.clock.error_ns},
          {"call_ns", timeline.call_ns},
          {"run_ns", timeline.run_ns},
          {"calls", timeline.calls},
          {"joined", timeline.joined},
          {"items", all_of(timeline.items)},
          {"threads", all_of(timeline.threads)}};
}

}  // namespace

std::vector<std::string> notes_of(const TracedModel& model) {
  std::vector<std::string> notes;
  if (model.timeline.has_ring)
    notes.emplace_back("Its sends and reads are inside of io_uring: only io_uring_enter is seen.");
  for (const std::string& reason : model.reasons) notes.push_back("As a trial it would be void: " + reason + ".");
  return notes;
}

void to_json(json& out, const Trace& trace) {
  out = {{"schema", 1},
         {"version", trace.version},
         {"commit", trace.commit},
         {"load", trace.load},
         {"models", all_of(trace.models)}};
}

}  // namespace interleave
