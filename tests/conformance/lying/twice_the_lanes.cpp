// Keeps twice as many items under way as asked, and claims the threads that it has for that. The overlap of its records
// tells. SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct TwiceTheLanes : Honest {
  static constexpr const char* kName = "twice_the_lanes";
  static std::uint32_t lanes(const Load& load) { return 2 * load.in_flight; }
  static Claims claims(const Load& load) { return {.threads = lanes(load) + 1, .processes = 1, .loops = 0}; }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::TwiceTheLanes>(argc, argv); }
