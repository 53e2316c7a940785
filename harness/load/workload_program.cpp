// The program of a workload outside of the tree: it answers for its spec as the built-in ones answer in the harness.
// Linked with the list of one project's workloads; docs/add_a_workload.md says what it is asked.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/load/point.hpp"
#include "harness/load/workload.hpp"
#include "harness/posix/standard_output.hpp"

namespace interleave {
namespace {

using nlohmann::json;

json description() {
  json all = json::array();
  for (const Workload& workload : built_in_workloads()) {
    json each = workload.about;
    each["series"] = workload.series;
    each["ladders"] = workload.ladders;
    all.push_back(std::move(each));
  }
  return {{"schema", 1}, {"kind", "workloads"}, {"workloads", all}};
}

template <class T>
void write(const std::string& file, const std::vector<T>& all) {
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(all.data()), static_cast<std::streamsize>(all.size() * sizeof(T)));
  if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

json answer(const Load& load, const std::map<std::string, std::string>& files) {
  for (const Workload& workload : built_in_workloads()) {
    if (workload.about.name != load.workload) continue;
    json answer{{"ideal_ns", workload.ideal(load).count()}};
    if (!files.contains("--inputs")) return answer;
    const Prepared prepared = workload.prepare(load);
    write(files.at("--inputs"), prepared.inputs);
    write(files.at("--expected"), prepared.expected);
    answer["fingerprint"] = prepared.requests.fingerprint;
    answer["requests"] = prepared.requests;
    answer["handover"] = prepared.handover;
    answer["saved"] = prepared.saved;
    answer["upsets"] = prepared.upsets;
    return answer;
  }
  throw std::invalid_argument("unknown workload '" + load.workload + "'");
}

int run(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--describe") {
    std::printf("%s\n", description().dump(2).c_str());
  } else {
    std::map<std::string, std::string> given;
    for (int i = 1; i + 1 < argc; i += 2) given[argv[i]] = argv[i + 1];
    if (!given.contains("--point") || given.contains("--inputs") != given.contains("--expected")) {
      throw std::invalid_argument("takes --describe, or --point FILE [--inputs FILE --expected FILE]");
    }
    std::printf("%s\n", answer(read_point(given.at("--point")), given).dump().c_str());
  }
  finish_output();
  return 0;
}

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) try { return interleave::run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 2;
}
