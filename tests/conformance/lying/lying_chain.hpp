// The lane of models that lie about what is asked for after what: it knows the two ids of an item.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <utility>

#include "tests/conformance/lying/lying_pool.hpp"
#include "workloads/download_chain/chain.hpp"

namespace interleave {

class ChainLane : public SocketLane {
 public:
  ChainLane(const Load& load, Socket socket) : SocketLane(load, std::move(socket)), load_(load) {}

 protected:
  bool is_image(const Request& request) const { return request.item < load_.items; }
  Request name_of(const Request& image) const { return {metadata_of(image.item, load_.items)}; }
  const Load& load_;
};

}  // namespace interleave
