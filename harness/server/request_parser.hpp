// The request parser: Beast's sans-I/O basic_parser, made as strict as RFC 9112 asks.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/server/chunked_body.hpp"
#include "harness/server/refusal.hpp"

namespace interleave {

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  RequestParser();

  // Parses more of the message; `from` begins with the first byte not yet consumed. Answers how many bytes it consumed.
  // Complete when done(); refused when refusal() says so.
  std::size_t take_bytes(std::string_view from);

  bool done() const { return chunks_ ? chunks_->done() : is_done(); }
  bool body_begun() const noexcept { return has_body_; }
  const Refusal& refusal() const noexcept { return refusal_; }

  // Valid once the header is done. A view of the bytes of the last take_bytes(), or of a copy where the message did not
  // come in one piece.
  std::string_view target() const noexcept { return owned_target_.empty() ? target_ : std::string_view(owned_target_); }
  boost::beast::http::verb method() const noexcept { return method_; }
  std::string_view method_text() const noexcept { return owned_method_; }  // where all fields are told
  bool http_1_0() const noexcept { return version_ == 10; }
  bool wants_continue() const noexcept { return wants_continue_; }
  // Kept where the path is one whose answer depends on it, or by keep_body().
  const std::string& body() const noexcept { return body_; }
  void keep_body() noexcept { keep_body_ = always_keep_body_ = true; }
  // Of /item/ and /ready the X-Fate-* fields alone, of all else all. A trailer's are not among them.
  const std::vector<std::pair<std::string, std::string>>& fields() const noexcept { return fields_; }

 private:
  using Field = boost::beast::http::field;
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  void on_request_impl(boost::beast::http::verb method, string_view method_text, string_view target, int version,
                       error_code& error) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(Field known, string_view name, string_view value, error_code& error) override;
  void on_header_impl(error_code& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view piece, error_code&) override { return keep(piece); }
  // Chunks are not Beast's to read: it wants the last one in one piece with its trailer, and waits where that cannot
  // come.
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override { return piece.size(); }
  void on_finish_impl(error_code&) override {}

  bool lines_are_clean(std::string_view from);
  bool request_line_is_clean(std::string_view line);
  bool request_line_is_too_long(std::string_view line);
  bool refused(std::uint16_t status, std::string_view reason);
  std::size_t take_plain(std::string_view from);
  std::size_t take_chunks(std::string_view from);
  void note_codings(std::string_view list, error_code& error);
  void explain(const error_code& error);
  std::size_t keep(string_view piece);
  void refuse(std::uint16_t status, std::string_view reason, error_code& error);

  Refusal refusal_;
  std::string_view target_;
  std::string owned_target_, owned_method_, body_;
  std::vector<std::pair<std::string, std::string>> fields_;
  std::unique_ptr<ChunkedBody> chunks_;  // of a chunked body, once it begins
  std::size_t scanned_ = 0;              // bytes of `from` whose line ends are known to be clean
  std::size_t passed_ = 0;               // bytes of the header that earlier calls have consumed
  std::size_t request_line_ = 0;         // its length with CRLF; 0: it has not come whole
  boost::beast::http::verb method_ = boost::beast::http::verb::unknown;
  std::uint8_t version_ = 11;
  std::uint8_t field_count_ = 0, hosts_ = 0, lengths_ = 0, codings_ = 0;
  bool header_seen_ = false, keep_fields_ = false, keep_body_ = false, always_keep_body_ = false, has_body_ = false;
  bool wants_continue_ = false, other_coding_ = false, last_is_chunked_ = false;
};

}  // namespace interleave
