// Does one item twice. The oracle catches it, and the ledger sees a duplicate.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct DoubledItem : Honest {
  static constexpr const char* kName = "doubled_item";
  static int times(std::uint32_t item) { return item == kLiedAbout ? 2 : 1; }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::DoubledItem>(argc, argv); }
