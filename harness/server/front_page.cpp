// The page, made of the tables that the server itself goes by.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/front_page.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "harness/http/profile.hpp"
#include "harness/server/explicit_fate.hpp"
#include "harness/server/routes.hpp"

namespace interleave {
namespace {

using Row = std::pair<std::string, std::string>;
struct Section {
  std::string title;
  std::vector<Row> rows;  // a path, and what it is for
  std::string words;      // below them
};

template <class Names>
std::string joined(const Names& names) {
  std::string all;
  for (const std::string_view each : names) {
    if (!all.empty()) all += ' ';
    all += each;
  }
  return all;
}

std::vector<Section> sections() {
  std::vector<std::string_view> faults;
  for (const FaultTraits& each : kFaultTable) {
    if (each.fault != Fault::none && each.fault != Fault::status) faults.push_back(each.name);
  }
  std::vector<Row> routes;
  for (const auto& [asked, means] : route_list()) routes.emplace_back(asked, means);
  return {
      {"A fate by request",
       {{"/any/path?delay=120ms&status=503", "any path with a key, in the query or as X-Fate-Key"},
        {"/any/path?fault=truncate&bytes=4096", "a reply that breaks"}},
       "Keys: " + joined(fate_keys()) + "\nFaults: " + joined(faults)},
      {"A fate by seed",
       {{"/item/7", "the fate of that item"}, {"/item/7?attempt=1", "of a later attempt"}},
       "Profiles: " + joined(profile_names())},
      {"Paths as httpbin has them", std::move(routes), ""},
      {"And",
       {{"/ready", "200 at once"}, {"/flags/br/br.gif", "a flag"}, {"/flags/br/metadata.json", "its country"}},
       ""},
  };
}

constexpr std::string_view kWhat =
    "An HTTP server that misbehaves exactly as told: every delay and every fault is asked for.";

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&') safe += "&amp;";
    else if (c == '<') safe += "&lt;";
    else if (c == '"') safe += "&quot;";
    else safe += c;
  }
  return safe;
}

std::string html() {
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>interleave serve</title></head><body>\n"
      "<h1>interleave serve</h1>\n<p>{}</p>\n",
      kWhat);
  for (const Section& section : sections()) {
    page += fmt::format("<h2>{}</h2>\n<ul>\n", section.title);
    for (const auto& [path, means] : section.rows) {
      page += fmt::format("<li><a href=\"{0}\"><code>{0}</code></a> {1}</li>\n", escaped(path), escaped(means));
    }
    page += "</ul>\n";
    if (!section.words.empty()) page += fmt::format("<pre>{}</pre>\n", escaped(section.words));
  }
  return page + "</body></html>\n";
}

std::string text() {
  std::string page = fmt::format("interleave serve\n\n{}\n", kWhat);
  for (const Section& section : sections()) {
    page += fmt::format("\n{}\n", section.title);
    for (const auto& [path, means] : section.rows) page += fmt::format("  {:<52} {}\n", path, means);
    if (!section.words.empty()) page += section.words + "\n";
  }
  return page;
}

}  // namespace

const std::string& front_page_html() {
  static const std::string page = html();
  return page;
}

const std::string& front_page_text() {
  static const std::string page = text();
  return page;
}

}  // namespace interleave
