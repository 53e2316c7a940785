// Pairs and parts, as HTML forms send them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/form.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>

#include "harness/server/text.hpp"

namespace interleave {
namespace {

constexpr std::string_view kOctets = "application/octet-stream";

// The value of `name=value` or `name="value"` among the parameters of a field's value.
std::optional<std::string> parameter(std::string_view value, std::string_view name) {
  for (std::size_t at = value.find(';'); at != std::string_view::npos; at = value.find(';', at)) {
    value.remove_prefix(at + 1);
    at = 0;
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const bool wanted = lower(trimmed(value.substr(0, equals))) == name;
    value.remove_prefix(equals + 1);
    std::string text;
    if (value.starts_with('"')) {
      for (at = 1; at < value.size() && value[at] != '"'; ++at) {
        if (value[at] == '\\' && at + 1 < value.size()) ++at;
        text += value[at];
      }
    } else {
      text = trimmed(value.substr(0, value.find(';')));
    }
    if (wanted) return text;
  }
  return std::nullopt;
}

// One part: its header, an empty line, its content.
void take_part(std::string_view part, Form& form) {
  const std::size_t end = part.find("\r\n\r\n");
  if (end == std::string_view::npos) return;
  const std::string content(part.substr(end + 4));
  std::string disposition, type;
  std::string_view lines = part.substr(0, end);
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find("\r\n"));
    lines.remove_prefix(std::min(lines.size(), line.size() + 2));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string name = lower(line.substr(0, colon));
    if (name == "content-disposition") disposition = trimmed(line.substr(colon + 1));
    if (name == "content-type") type = trimmed(line.substr(colon + 1));
  }
  const auto name = parameter(disposition, "name");
  if (!name) return;
  if (parameter(disposition, "filename")) {
    form.files.push_back({*name, type.empty() ? std::string(kOctets) : type, content});
  } else {
    form.fields.emplace_back(*name, content);
  }
}

void take_parts(std::string_view boundary, std::string_view body, Form& form) {
  const std::string mark = "--" + std::string(boundary);
  std::size_t at = body.starts_with(mark) ? 0 : body.find("\r\n" + mark);
  if (at == std::string_view::npos) return;
  if (at != 0) at += 2;
  for (;;) {
    at += mark.size();
    const std::size_t next = body.find("\r\n" + mark, at);
    if (body.substr(at, 2) != "\r\n" || next == std::string_view::npos) return;  // "--" follows the last part
    take_part(body.substr(at + 2, next > at + 2 ? next - at - 2 : 0), form);
    at = next + 2;
  }
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lowered;
}

Pairs pairs_of(std::string_view urlencoded) {
  Pairs pairs;
  for (const std::string_view pair : split(urlencoded, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    pairs.emplace_back(percent_decoded(pair.substr(0, equals)),
                       equals == std::string_view::npos ? "" : percent_decoded(pair.substr(equals + 1)));
  }
  return pairs;
}

Form form_of(std::string_view content_type, std::string_view body) {
  Form form;
  const std::string kind = lower(trimmed(content_type.substr(0, content_type.find(';'))));
  if (kind == "application/x-www-form-urlencoded") {
    form.is_form = true;
    form.fields = pairs_of(body);
  } else if (kind == "multipart/form-data") {
    form.is_form = true;
    if (const auto boundary = parameter(content_type, "boundary"); boundary && !boundary->empty()) {
      take_parts(*boundary, body, form);
    }
  }
  return form;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t three = 0;
    for (std::size_t byte = 0; byte < 3; ++byte) {
      three = three << 8 | (at + byte < bytes.size() ? static_cast<unsigned char>(bytes[at + byte]) : 0U);
    }
    for (std::size_t digit = 0; digit < 4; ++digit) {
      text += at + digit > bytes.size() ? '=' : kDigits[three >> (18 - 6 * digit) & 63];
    }
  }
  return text;
}

}  // namespace interleave
