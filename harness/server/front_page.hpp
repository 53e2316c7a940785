// The page at "/": what the server can do, for whoever opens it in a browser.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace interleave {

const std::string& front_page_html();
const std::string& front_page_text();

}  // namespace interleave
