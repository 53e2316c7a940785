// What has been received and not yet answered: small inside the connection, larger only while a message needs it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace interleave {

// While a read is under way into space(), only view() and consume() may be called: nothing moves.
class ReadBuffer {
 public:
  static constexpr std::size_t kInline = 512;

  std::string_view view() const noexcept { return {data() + begin_, end_ - begin_}; }
  void commit(std::size_t n) noexcept { end_ += n; }
  void consume(std::size_t n) noexcept { begin_ += n; }
  std::size_t capacity() const noexcept { return large_ ? large_size_ : kInline; }

  // Makes room where there is none, up to `most` bytes in all; the result is empty if that much is full. Moves what
  // is there, so views end here.
  std::span<char> space(std::size_t most) {
    if (begin_ == end_) {
      begin_ = end_ = 0;
      large_.reset();
    } else if (end_ == capacity() && begin_ != 0) {
      std::memmove(data(), data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (end_ == capacity() && capacity() < most) grow();
    return {data() + end_, capacity() - end_};
  }

 private:
  const char* data() const noexcept { return large_ ? large_.get() : inline_.data(); }
  char* data() noexcept { return large_ ? large_.get() : inline_.data(); }
  void grow() {
    const std::size_t size = capacity() * 4;
    auto larger = std::make_unique_for_overwrite<char[]>(size);
    std::memcpy(larger.get(), data(), end_);
    large_ = std::move(larger);
    large_size_ = size;
  }

  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t large_size_ = 0;
  std::unique_ptr<char[]> large_;
  std::array<char, kInline> inline_;
};

}  // namespace interleave
