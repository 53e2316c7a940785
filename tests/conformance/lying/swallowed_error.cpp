// Reports OK for every complete reply, whatever its status. The oracle catches it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct Swallowing : SocketLane {
  using SocketLane::SocketLane;
  Reply fetch_within(const Request& request, nanoseconds limit) {
    Reply reply = SocketLane::fetch_within(request, limit);
    if (reply.outcome == Outcome::http_error || reply.outcome == Outcome::not_found) reply.outcome = Outcome::ok;
    return reply;
  }
};
struct SwallowedError : Honest {
  static constexpr const char* kName = "swallowed_error";
  using Lane = Swallowing;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::SwallowedError>(argc, argv); }
