// The request of an item: sixteen plain bytes that a lane renders when it sends.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace interleave {

// A flag of Request and of ItemInput: the connection is for this request alone ("Connection: close"), so that the next
// one of its lane makes another.
inline constexpr std::uint32_t kOwnConnection = 2;

// The body is kept, for lanes that can (KeepsBodies in worker/capabilities.hpp); it is digested as well.
inline constexpr std::uint32_t kKeepBody = 4;

struct Request {
  std::uint32_t item = 0;
  std::uint32_t attempt = 0;
  std::uint32_t flags = 0;
  std::uint32_t reserved = 0;

  constexpr bool keeps_body() const noexcept { return (flags & kKeepBody) != 0; }
};

// The bytes of one GET, on the stack of whoever sends them.
class RenderedRequest {
 public:
  explicit RenderedRequest(const Request& request) noexcept {
    put("GET /item/");
    put(request.item);
    if (request.attempt != 0) {
      put("?attempt=");
      put(request.attempt);
    }
    if ((request.flags & kOwnConnection) == 0) put(" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    else put(" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  }
  std::string_view bytes() const noexcept { return {text_, size_}; }
  const char* data() const noexcept { return text_; }
  std::size_t size() const noexcept { return size_; }

 private:
  void put(std::string_view text) noexcept {
    std::memcpy(text_ + size_, text.data(), text.size());
    size_ += text.size();
  }
  void put(std::uint32_t number) noexcept {
    size_ = static_cast<std::size_t>(std::to_chars(text_ + size_, text_ + sizeof text_, number).ptr - text_);
  }
  char text_[96];
  std::size_t size_ = 0;
};

}  // namespace interleave
