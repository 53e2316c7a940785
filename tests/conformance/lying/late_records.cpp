// Writes its last record after the end of the run. The copy that was taken at the end tells.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct LateRecords : Honest {
  static constexpr const char* kName = "late_records";
  static int times(std::uint32_t item) { return item == kLiedAbout ? 0 : 1; }
  static void when_records_were_taken(const Load& load) {
    auto* const records = const_cast<Record*>(load.tape->records().data());
    records[kLiedAbout] = records[kLiedAbout - 1];
    records[kLiedAbout].digest = nap_digest(kLiedAbout, Outcome::ok);
  }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::LateRecords>(argc, argv); }
