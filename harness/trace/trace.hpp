// A few items in several models, beside each other, and its forms.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/load/load.hpp"
#include "harness/trace/timeline.hpp"

namespace interleave {

struct TracedModel {
  std::string name, family, style, library, back_end;
  std::uint32_t in_flight = 0;         // 1 of a model that does one item at a time, whatever was asked
  std::string skipped{};               // why there is no timeline; the rest is empty then
  std::vector<std::string> reasons{};  // why the trial would be void
  ClockOffset clock{};
  Timeline timeline{};
};

struct Trace {
  std::string version, commit;
  Load load;
  std::vector<TracedModel> models;
};

// What cannot be seen of a model, in a sentence each.
std::vector<std::string> notes_of(const TracedModel& model);

// timeline.json: {"schema":1,"version","commit","load":{},"models":[{"model","family","style","library","back_end",
// "in_flight","skipped","reasons":[],"notes":[],"clock_error_ns","call_ns","run_ns","calls","joined","items":[{"item",
// "lane","outcome","start_ns","end_ns","stages":[{"stage","from_ns","to_ns"}],"threads":[]}],"threads":[{"thread",
// "process","name","from_ns","to_ns","turns","waits_ns","runs_ns","states":[{"state","call","from_ns","to_ns"}],"calls":[
// {"call","from_ns","to_ns","item"}]}]}]}
void to_json(nlohmann::json& out, const Trace& trace);

// trace.json, as Perfetto and chrome://tracing read it (the "Trace Event Format"): for each model a process of lanes
// and a process of threads, times in microseconds.
nlohmann::json trace_events_of(const Trace& trace);

// For a terminal of 80 columns: a row a lane and a row a thread, all models on one axis of time.
std::string trace_text_of(const Trace& trace);

}  // namespace interleave
