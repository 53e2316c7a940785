// download_compute: every reply is followed by CPU work; the trap for event loops.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/download_compute/blocking.hpp"
#include "workloads/download_compute/callback.hpp"
#include "workloads/download_compute/coroutine.hpp"
#include "workloads/download_compute/spec.hpp"

namespace interleave {

struct DownloadCompute : DownloadComputeSpec,
                         DownloadComputeBlocking,
                         DownloadComputeCallback,
                         DownloadComputeCoroutine {};

}  // namespace interleave
