// Says that it has saved what it fetched. The oracle of the records is content; there are no files.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct Forgetting : SocketLane {
  using SocketLane::SocketLane;
  std::uint64_t offload(const Work&) { return kept_body().size(); }
};
struct NeverSaves : Honest {
  static constexpr const char* kName = "never_saves";
  using Lane = Forgetting;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::NeverSaves>(argc, argv); }
