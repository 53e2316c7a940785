// What a request carries as pairs: the query, an urlencoded body, a multipart one.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interleave {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// "a=1&b=two+words&c", percent-decoded, in order; a key may come again.
Pairs pairs_of(std::string_view urlencoded);

struct File {
  std::string name;          // of the form's field
  std::string content_type;  // application/octet-stream where the part says nothing
  std::string content;
};

struct Form {
  bool is_form = false;  // the content type is one of a form; what follows is empty otherwise
  Pairs fields{};
  std::vector<File> files{};
};

// Of application/x-www-form-urlencoded and multipart/form-data; parts that are malformed are left out.
Form form_of(std::string_view content_type, std::string_view body);

std::string base64(std::string_view bytes);

// Without blanks and tabs at its ends.
std::string_view trimmed(std::string_view text);
std::string lower(std::string_view text);

}  // namespace interleave
