// Asks for the metadata first and for the image then. Of images that do not come the ledger sees what was not to be
// asked for. SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_chain.hpp"

namespace interleave {
namespace {

struct Backwards : ChainLane {
  using ChainLane::ChainLane;
  Reply fetch_within(const Request& request, nanoseconds limit) {
    if (!is_image(request)) return name_;
    name_ = ChainLane::fetch_within(name_of(request), limit);
    return ChainLane::fetch_within(request, limit);
  }

 private:
  Reply name_;
};
struct AsksBackwards : Honest {
  static constexpr const char* kName = "asks_backwards";
  using Lane = Backwards;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::AsksBackwards>(argc, argv); }
