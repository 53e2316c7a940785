// A name server (DNS, RFC 1035) beside the HTTP one, on UDP and on TCP: it deals the fates of the same run, and counts
// on the same ledger. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/dns/message.hpp"
#include "harness/server/asio_types.hpp"
#include "harness/server/exchange.hpp"
#include "harness/server/shards.hpp"

namespace interleave {

// All of it happens on the first shard's loop.
class NameServer {
 public:
  // Port 0: any that both protocols have free. Throws std::system_error naming the port.
  NameServer(Shards& shards, const std::string& address, std::uint16_t port);
  NameServer(NameServer&&) = delete;

  void start();
  void stop();  // takes no further query; those under way are answered
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  using Udp = asio::basic_datagram_socket<asio::ip::udp, Executor>;
  class Session;  // a TCP connection
  struct Pending;

  void receive();
  void received(Octets bytes);
  void accept();
  void pause();
  // Deals the fate of a query, and counts it where a run is open. `first`: the run has had none of its asker before.
  Exchange arrived(const DnsMessage& query, bool over_tcp, bool first);
  DnsMessage answer_to(const DnsMessage& query, const Exchange& exchange) const;
  void send_when_due(std::shared_ptr<Pending> pending);
  void send(const Pending& pending);
  bool is_new(const asio::ip::udp::endpoint& asker);

  Shard& shard_;
  Acceptor acceptor_;
  Udp socket_;
  asio::ip::udp::endpoint asker_;              // of the datagram just received
  std::array<unsigned char, 4096> datagram_;   // a longer one is cut off, and no query
  std::vector<std::uint32_t> runs_of_askers_;  // by port, the last run they had a query in
  Timer pause_;
  bool stopped_ = false;
};

}  // namespace interleave
