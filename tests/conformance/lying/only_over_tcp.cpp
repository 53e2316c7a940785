// Asks over TCP at once, where nothing is lost. Every answer is right, and the ledger sees which way it went.
// SPDX-License-Identifier: Apache-2.0
#include "harness/dns/lookups.hpp"
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct OverTcp : SocketLane {
  using SocketLane::SocketLane;
  void send_to(std::uint16_t port, Octets bytes) {
    port_ = port;
    query_ = *read_dns(bytes);
  }
  Datagram receive_within(nanoseconds limit) {
    const DnsBytes bytes = dns_bytes(query_);
    return SocketLane::exchange_within(port_, bytes.all(), limit);
  }

 private:
  std::uint16_t port_ = 0;
  DnsMessage query_;
};
struct OnlyOverTcp : Honest {
  static constexpr const char* kName = "only_over_tcp";
  using Lane = OverTcp;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::OnlyOverTcp>(argc, argv); }
