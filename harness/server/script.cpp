// The seeded faults, step by step.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/script.hpp"

#include <algorithm>
#include <utility>

#include "harness/server/reply_header.hpp"

namespace interleave {

Script& Script::text(std::string bytes) {
  steps.push_back({Step::Kind::text, std::move(bytes)});
  return *this;
}

Script& Script::body(std::uint64_t item, std::uint64_t offset, std::uint64_t size) {
  if (size != 0) steps.push_back({Step::Kind::body, {}, item, offset, size});
  return *this;
}

Script& Script::then(Step::Kind kind) {
  steps.push_back({kind, {}});
  return *this;
}

Script script_of(const Exchange& exchange, std::int64_t written_ns) {
  const Fate& fate = exchange.fate;
  // An empty body cannot be cut short: then one byte is promised.
  const std::uint64_t promised = std::max<std::uint64_t>(fate.bytes, 1);
  const auto half = [&] {
    Script script;
    script.text(std::string(ReplyHeader(exchange, promised, written_ns, false).bytes()));
    return std::move(script.body(exchange.item, 0, fate.bytes / 2));
  };
  Script script;
  script.ending = Ending::cut_by_server;
  switch (fate.fault) {
    case Fault::none:
    case Fault::status: break;
    case Fault::hang: script.then(Step::Kind::hang); break;
    case Fault::reset: script.then(Step::Kind::reset); break;
    case Fault::reset_body: script = half(), script.then(Step::Kind::reset); break;
    case Fault::truncate: script = half(), script.then(Step::Kind::finish); break;
    case Fault::malformed: script.text("HTTP/one 2OO what\r\n\r\n").then(Step::Kind::finish); break;
    case Fault::empty: script.then(Step::Kind::finish); break;
  }
  script.ending = Ending::cut_by_server;
  return script;
}

}  // namespace interleave
