// download_chain: fetch an image, and where it came its metadata, which names it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/download_chain/blocking.hpp"
#include "workloads/download_chain/callback.hpp"
#include "workloads/download_chain/coroutine.hpp"
#include "workloads/download_chain/spec.hpp"

namespace interleave {

struct DownloadChain : DownloadChainBlocking, DownloadChainCallback, DownloadChainCoroutine {
  using Spec = DownloadChainSpec;
};

}  // namespace interleave
