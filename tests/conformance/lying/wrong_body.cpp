// Lies about one body: one bit of its digest is turned. The oracle catches it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct Flipping : SocketLane {
  using SocketLane::SocketLane;
  Reply fetch_within(const Request& request, nanoseconds limit) {
    Reply reply = SocketLane::fetch_within(request, limit);
    if (request.item == kLiedAbout) reply.digest ^= 1;
    return reply;
  }
};
struct WrongBody : Honest {
  static constexpr const char* kName = "wrong_body";
  using Lane = Flipping;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::WrongBody>(argc, argv); }
