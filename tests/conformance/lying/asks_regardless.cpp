// Asks for the metadata of images that did not come, and drops the reply. The ledger sees ids that were not to be asked
// for. SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_chain.hpp"

namespace interleave {
namespace {

struct Regardless : ChainLane {
  using ChainLane::ChainLane;
  Reply fetch_within(const Request& request, nanoseconds limit) {
    const Reply reply = ChainLane::fetch_within(request, limit);
    if (is_image(request) && reply.outcome != Outcome::ok) ChainLane::fetch_within(name_of(request), limit);
    return reply;
  }
};
struct AsksRegardless : Honest {
  static constexpr const char* kName = "asks_regardless";
  using Lane = Regardless;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::AsksRegardless>(argc, argv); }
