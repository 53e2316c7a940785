// Takes up the last item first. The order of the records tells.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct OutOfOrder : Honest {
  static constexpr const char* kName = "out_of_order";
  static std::uint32_t nth(const Load& load, std::uint32_t place) { return load.items - 1 - place; }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::OutOfOrder>(argc, argv); }
