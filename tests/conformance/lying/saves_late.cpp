// Saves when the run is over and its records are taken, where it costs nothing that is measured.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <list>
#include <mutex>

#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct Postponed {
  std::string body;
  Work work;
};
std::mutex mutex;
std::list<Postponed> postponed;

struct Postponing : SocketLane {
  using SocketLane::SocketLane;
  std::uint64_t offload(const Work& work) {
    const std::scoped_lock lock(mutex);
    Postponed& later = postponed.emplace_back(Postponed{.body = kept_body(), .work = work});
    later.work.first = reinterpret_cast<std::uintptr_t>(&later.body);
    return later.body.size();
  }
};
struct SavesLate : Honest {
  static constexpr const char* kName = "saves_late";
  using Lane = Postponing;
  // Files are stamped with a clock that is some milliseconds behind.
  static void when_records_were_taken(const Load&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    for (const Postponed& each : postponed) each.work();
  }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::SavesLate>(argc, argv); }
