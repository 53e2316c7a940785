// Leaves one item out. The oracle catches it, and the ledger misses a request.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct DroppedItem : Honest {
  static constexpr const char* kName = "dropped_item";
  static int times(std::uint32_t item) { return item == kLiedAbout ? 0 : 1; }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::DroppedItem>(argc, argv); }
