// What is fetched to be saved, how, and what that makes of the item.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "harness/worker/save.hpp"
#include "workloads/download_save/saved.hpp"

namespace interleave {

constexpr Request kept_request(const ItemInput& input) { return {.item = input.argument, .flags = kKeepBody}; }

// Only an OK reply is saved.
constexpr bool is_worth_saving(const ItemResult& fetched) { return fetched.outcome == Outcome::ok; }

// As the input says: into a file, or nowhere.
inline Work save_work(const Load& load, std::uint32_t item, const std::string& body) {
  return load.inputs[item].work != 0 ? saving(load, item, body) : not_saving(body);
}
inline ItemResult saved(ItemResult fetched, std::uint64_t bytes) {
  fetched.digest = saved_digest(fetched.digest, bytes);
  return fetched;
}

}  // namespace interleave
