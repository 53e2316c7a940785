// A Boost.Beast body that is digested as it comes instead of being kept, or kept as well.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <cstdint>
#include <string_view>

#include "harness/http/crc32c.hpp"
#include "harness/http/reply.hpp"
#include "harness/numbers/clock.hpp"

namespace interleave {

struct DigestBody {
  // What the body of one reply came to; the fields mean what they mean in Reply.
  struct value_type {
    std::uint32_t digest = 0;
    std::uint64_t bytes = 0;
    std::int64_t header_ns = 0;   // when the header was complete
    std::string* kept = nullptr;  // where it is kept as well; null: nowhere
  };

  class reader {
   public:
    template <bool kIsRequest, class Fields>
    reader(boost::beast::http::header<kIsRequest, Fields>&, value_type& value) : value_(value) {}
    void init(const boost::optional<std::uint64_t>&, boost::beast::error_code& error) {
      value_ = {.kept = value_.kept};
      value_.header_ns = now_ns();
      error = {};
    }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::beast::error_code& error) {
      std::size_t taken = 0;
      for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
        const std::string_view piece{static_cast<const char*>(buffer.data()), buffer.size()};
        value_.digest = crc32c(value_.digest, piece);
        value_.bytes += piece.size();
        if (value_.kept != nullptr) value_.kept->append(piece);
        taken += piece.size();
      }
      error = {};
      return taken;
    }
    void finish(boost::beast::error_code& error) { error = {}; }

   private:
    value_type& value_;
  };
};

}  // namespace interleave
