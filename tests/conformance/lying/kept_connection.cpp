// Keeps its connections where each item is to have one of its own. The ledger counts them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct Keeping : SocketLane {
  using SocketLane::SocketLane;
  Reply fetch_within(Request request, nanoseconds limit) {
    request.flags = 0;
    return SocketLane::fetch_within(request, limit);
  }
};
struct KeptConnection : Honest {
  static constexpr const char* kName = "kept_connection";
  using Lane = Keeping;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::KeptConnection>(argc, argv); }
