// What the two replies of a chain make of its item.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/http/request.hpp"
#include "harness/load/item.hpp"
#include "harness/load/load.hpp"
#include "harness/numbers/mix.hpp"
#include "workloads/download/result.hpp"

namespace interleave {

// The ids of the metadata follow those of the images.
constexpr std::uint32_t metadata_of(std::uint32_t image, std::uint32_t items) { return items + image; }

// Only an image that is there is given a name.
inline bool needs_name(const ItemResult& image) { return image.outcome == Outcome::ok; }
inline Request for_name(const Load& load, std::uint32_t item) {
  return {metadata_of(load.inputs[item].argument, load.items)};
}
inline ItemResult named(const Load& load, const ItemResult& image, const Reply& reply) {
  ItemResult both = fetch_result(metadata_of(image.item, load.items), reply);
  both.item = image.item;
  both.digest = mix64(image.digest, both.digest);
  return both;
}

}  // namespace interleave
