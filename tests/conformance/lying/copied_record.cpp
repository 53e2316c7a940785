// Skips an item, and copies the record of its neighbour. The digest, which is bound to the item, tells.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct CopiedRecord : Honest {
  static constexpr const char* kName = "copied_record";
  static int times(std::uint32_t item) { return item == kLiedAbout ? 0 : 1; }
  static void when_all_are_over(const Load& load) {
    auto* const records = const_cast<Record*>(load.tape->records().data());
    records[kLiedAbout] = records[kLiedAbout - 1];
  }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::CopiedRecord>(argc, argv); }
