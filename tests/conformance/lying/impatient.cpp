// Asks again before Retry-After said, and is silent about it for as long. Outcomes, contents and times are what they
// should be; the server knows when it was asked. SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct AtOnce : SocketLane {
  using SocketLane::SocketLane;
  Reply fetch_within(const Request& request, nanoseconds limit) {
    if (request.attempt == 1) return second_;
    const Reply reply = SocketLane::fetch_within(request, limit);
    if (request.attempt == 0 && reply.retry_after_s != 0)
      second_ = SocketLane::fetch_within(Request{request.item, 1}, limit);
    return reply;
  }

 private:
  Reply second_;
};
struct Impatient : Honest {
  static constexpr const char* kName = "impatient";
  using Lane = AtOnce;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::Impatient>(argc, argv); }
