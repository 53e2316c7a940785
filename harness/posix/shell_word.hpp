// Words that a shell takes back as they are.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace interleave {

// The text as one word of bash: quoted where it must be, and always on one line.
std::string shell_word(std::string_view text);

}  // namespace interleave
