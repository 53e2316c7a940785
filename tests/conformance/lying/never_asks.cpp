// Waits as long as an answer would take, and makes it up from the seed: nothing ever reaches the name server. The
// oracle is content; the ledger misses the queries. SPDX-License-Identifier: Apache-2.0
#include "harness/dns/lookups.hpp"
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct MakingUpAnswers : SocketLane {
  MakingUpAnswers(const Load& load, Socket socket)
      : SocketLane(load, std::move(socket)), fates_(load.profile, load.seed, load.items) {}
  void send_to(std::uint16_t, Octets bytes) { query_ = *read_dns(bytes); }
  Datagram receive_within(nanoseconds limit) { return made_up(attempt_of_id(query_.id), limit); }
  Datagram exchange_within(std::uint16_t, Octets bytes, nanoseconds limit) {
    query_ = *read_dns(bytes);
    return made_up(kOverTcp, limit);
  }

 private:
  Datagram made_up(std::uint32_t attempt, nanoseconds limit) {
    const std::uint64_t item = *item_of_name(query_.name);
    const Fate fate = fate_of_query(fates_, item, attempt);
    const LookupFate came = fate_of_lookup(fate, item);
    sleep(came == LookupFate::lost ? limit : fate.delay);
    if (came == LookupFate::lost) return {};
    query_.is_answer = true;
    query_.truncated = came == LookupFate::truncated;
    query_.code = came == LookupFate::no_such_name ? DnsCode::no_such_name : DnsCode::none;
    if (came == LookupFate::address) query_.address = address_of_item(fates_.seed(), item);
    answer_ = dns_bytes(query_);
    return {Outcome::ok, answer_.all(), now_ns()};
  }
  Fates fates_;
  DnsMessage query_;
  DnsBytes answer_;
};
struct NeverAsks : Honest {
  static constexpr const char* kName = "never_asks";
  using Lane = MakingUpAnswers;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::NeverAsks>(argc, argv); }
