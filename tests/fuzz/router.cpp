// Fuzzes what follows the parser: targets and X-Fate-* fields become a fate and a script, or are refused.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/server/explicit_fate.hpp"
#include "harness/server/flags.hpp"
#include "harness/server/routes.hpp"
#include "harness/server/script.hpp"
#include "harness/server/target.hpp"

namespace {

using namespace interleave;

// Bounds a script has by its parameters' limits: more would be memory that one request can take.
void check(const Script& script) {
  std::size_t text = 0;
  for (const Step& step : script.steps) text += step.text.size();
  if (script.steps.size() > 100'000 || text > (16U << 20)) std::abort();
}

void respond(std::string_view method, std::string_view path, std::string_view query,
             const std::vector<std::pair<std::string, std::string>>& fields, const std::string& body) {
  Exchange exchange;
  exchange.fate.bytes = 1024;
  ReplyPlan plan;
  if (const auto file = flag_file(path); file && file->item >= kFlagItems) std::abort();
  FateKeys keys = keys_of_fields(fields);
  if (!route({.method = method,
              .path = path,
              .query = query,
              .authority = {},
              .fields = fields,
              .body = body,
              .socket = -1,
              .number = 7},
             exchange.fate, plan)) {
    FateKeys of_query = keys_of_query(query);
    of_query.merge(keys);
    keys = std::move(of_query);
  }
  apply_keys(keys, exchange.fate, plan);
  if (exchange.fate.delay > kMostDelay || exchange.fate.bytes > kMostBytes) std::abort();
  // Large bodies are written from the noise window by window; only what is copied into the script counts.
  check(script_of(exchange, plan, {.http_1_0 = fields.size() % 2 == 1}));
}

}  // namespace

// The first line is the target, of POST where there is a body; each line after it is a field, "name: value", and what
// follows an empty line is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view target = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), target.size() + 1));
  std::vector<std::pair<std::string, std::string>> fields;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty()) break;
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  const std::optional<Target> asked = target_of(target, false);
  if (!asked) return 0;
  const std::string body(text);
  try {
    respond(body.empty() ? "GET" : "POST", asked->path, asked->query, fields, body);
  } catch (const BadFate&) {
  }
  return 0;
}
