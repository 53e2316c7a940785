// Waits for as long as the metadata would take, and makes it up from the seed. The oracle is content; the ledger misses
// the requests. SPDX-License-Identifier: Apache-2.0
#include "harness/http/body.hpp"
#include "harness/http/fate.hpp"
#include "tests/conformance/lying/lying_chain.hpp"

namespace interleave {
namespace {

struct MakingUp : ChainLane {
  MakingUp(const Load& load, Socket socket)
      : ChainLane(load, std::move(socket)), fates_(load.profile, load.seed, 2ULL * load.items) {}
  Reply fetch_within(const Request& request, nanoseconds limit) {
    if (is_image(request)) return ChainLane::fetch_within(request, limit);
    const Fate fate = fates_.of(request.item);
    sleep(fate.delay);
    return {.outcome = expected_outcome(fate, limit),
            .status = fate.status,
            .digest = body_digest(request.item, fate.bytes),
            .bytes = fate.bytes};
  }

 private:
  Fates fates_;
};
struct MadeUpReply : Honest {
  static constexpr const char* kName = "made_up_reply";
  using Lane = MakingUp;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::MadeUpReply>(argc, argv); }
