// download_compute: fetch every item, then compute on its reply.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/download_compute/blocking.hpp"
#include "workloads/download_compute/callback.hpp"
#include "workloads/download_compute/coroutine.hpp"
#include "workloads/download_compute/spec.hpp"

namespace interleave {

struct DownloadCompute : DownloadComputeBlocking, DownloadComputeCallback, DownloadComputeCoroutine {
  using Spec = DownloadComputeSpec;
};

}  // namespace interleave
