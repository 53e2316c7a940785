// Asking a program what the built-in specs are asked.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/workload_programs.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "harness/plan/workload_registry.hpp"
#include "harness/posix/files.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::chrono::minutes kDescribeLimit{2};

template <class T>
std::vector<T> records_of(const fs::path& file, std::size_t count) {
  if (fs::file_size(file) != count * sizeof(T)) {
    throw std::runtime_error(
        fmt::format("wrote {} bytes, not {} of {} items", fs::file_size(file), count * sizeof(T), count));
  }
  std::vector<T> all(count);
  std::ifstream(file, std::ios::binary)
      .read(reinterpret_cast<char*>(all.data()), static_cast<std::streamsize>(count * sizeof(T)));
  return all;
}

// A program that says nothing of its requests asks for each item, once.
Requests requests_of(const json& answer, std::uint64_t items) {
  const json given = answer.value("requests", json::object());
  return {.ids = given.value("ids", items),
          .unique = given.value("unique", items),
          .total = given.value("total", items),
          .connections = given.value("connections", std::uint64_t{0}),
          .called_off = given.value("called_off", std::uint64_t{0}),
          .fingerprint = answer.at("fingerprint")};
}

// Or none at all.
template <class T>
std::vector<T> one_an_item(std::vector<T> all, const Load& load, const char* what) {
  if (all.empty() || all.size() == load.items) return all;
  throw std::runtime_error(fmt::format("tells {} of {} items, not of {}", what, all.size(), load.items));
}

class WorkloadProgram {
 public:
  explicit WorkloadProgram(fs::path program) : program_(std::move(program)) {}

  json describe() const { return json::parse(output_of(program_, {"--describe"}, kDescribeLimit)); }

  nanoseconds ideal(const Load& load) const {
    const Scratch scratch;
    return nanoseconds(ask(load, scratch, {}).at("ideal_ns").get<std::int64_t>());
  }
  Prepared prepare(const Load& load) const {
    const Scratch scratch;
    const fs::path inputs = scratch.path() / "inputs", expected = scratch.path() / "expected";
    const json answer = ask(load, scratch, {"--inputs", inputs.string(), "--expected", expected.string()});
    return {.inputs = records_of<ItemInput>(inputs, load.items),
            .expected = records_of<Expectation>(expected, load.items),
            .requests = requests_of(answer, load.items),
            .handover = answer.value("handover", Handover{}),
            .saved = one_an_item(answer.value("saved", std::vector<SavedFile>()), load, "saved"),
            .upsets = one_an_item(answer.value("upsets", std::vector<std::vector<std::uint64_t>>()), load, "upsets")};
  }

 private:
  json ask(const Load& load, const Scratch& scratch, std::vector<std::string> more) const try {
    const fs::path point = scratch.path() / "point.json";
    json asked = load;
    asked["schema"] = 1;
    write_checked(point, asked.dump());
    std::vector<std::string> arguments{"--point", point.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json::parse(output_of(program_, arguments, kDescribeLimit));
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    throw std::invalid_argument(error.what());
  }

  fs::path program_;
};

bool is_known(const std::string& name, const fs::path& program) {
  const auto& all = known_workloads();
  return std::any_of(all.begin(), all.end(),
                     [&](const Workload& each) { return each.about.name == name && each.about.program == program; });
}

}  // namespace

std::vector<Workload> workloads_of(const fs::path& program) {
  const WorkloadProgram asked(program);
  const json description = asked.describe();
  if (description.value("kind", "") != "workloads") throw std::invalid_argument("it describes no workloads");
  std::vector<Workload> workloads;
  for (const json& each : description.at("workloads")) {
    Workload workload{.about = each,
                      .series = each.at("series"),
                      .ladders = each.value("ladders", std::vector<Ladder>()),
                      .prepare = [asked](const Load& load) { return asked.prepare(load); },
                      .ideal = [asked](const Load& load) { return asked.ideal(load); }};
    workload.about.program = program.string();
    workloads.push_back(std::move(workload));
  }
  return workloads;
}

void add_workload_program(const fs::path& path) try {
  const fs::path program = fs::absolute(path);
  for (Workload& workload : workloads_of(program)) {
    if (!is_known(workload.about.name, program)) add_workload(std::move(workload));
  }
} catch (const json::exception& error) {
  throw std::invalid_argument(fmt::format("{} is no program of workloads: {}", path.string(), error.what()));
} catch (const Interrupted&) {
  throw;
} catch (const std::exception& error) {
  throw std::invalid_argument(fmt::format("{}: {}", path.string(), error.what()));
}

void add_workloads_of(const std::vector<fs::path>& directories) {
  for (const fs::path& directory : directories) {
    if (!fs::is_directory(directory))
      throw std::invalid_argument("--workloads-dir: " + directory.string() + " is not a directory");
    for (const auto& entry : fs::directory_iterator(directory)) {
      if (entry.is_regular_file() && ::access(entry.path().c_str(), X_OK) == 0) add_workload_program(entry.path());
    }
  }
}

}  // namespace interleave
