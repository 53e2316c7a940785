// Fuzzes the reader of DNS messages: any bytes are refused, or read within their bounds; and what was read says the
// same when it is written and read again. SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "harness/dns/message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace interleave;
  const auto message = read_dns({data, size});
  if (!message) return 0;
  const DnsBytes written = dns_bytes(*message);
  const auto again = read_dns(written.all());
  const bool same = again && again->id == message->id && again->is_answer == message->is_answer &&
                    again->truncated == message->truncated && again->code == message->code &&
                    again->name == message->name &&
                    (!message->is_answer || message->truncated || again->address == message->address);
  if (!same) std::abort();
  return 0;
}
