// download: fetch every item within a limit, and say what each came to.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/download/blocking.hpp"
#include "workloads/download/callback.hpp"
#include "workloads/download/coroutine.hpp"
#include "workloads/download/spec.hpp"

namespace interleave {

struct Download : DownloadBlocking, DownloadCallback, DownloadCoroutine {
  using Spec = DownloadSpec;
};

}  // namespace interleave
