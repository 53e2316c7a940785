// download_save: fetch every item, and save what came.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/download_save/blocking.hpp"
#include "workloads/download_save/callback.hpp"
#include "workloads/download_save/coroutine.hpp"
#include "workloads/download_save/spec.hpp"

namespace interleave {

struct DownloadSave : DownloadSaveBlocking, DownloadSaveCallback, DownloadSaveCoroutine {
  using Spec = DownloadSaveSpec;
};

}  // namespace interleave
