// Bytes of anyone's as text that JSON can hold.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace interleave {

// Each byte that is no part of UTF-8 becomes U+FFFD; everything else stays.
std::string utf8_of(std::string_view bytes);

}  // namespace interleave
