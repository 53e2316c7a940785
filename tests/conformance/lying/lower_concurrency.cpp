// Has half as many items under way as asked, and claims no more threads than it has: only the ledger catches it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct LowerConcurrency : Honest {
  static constexpr const char* kName = "lower_concurrency";
  static std::uint32_t lanes(const Load& load) { return (load.in_flight + 1) / 2; }
  static Claims claims(const Load& load) { return {.threads = lanes(load) + 1, .processes = 1, .loops = 0}; }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::LowerConcurrency>(argc, argv); }
