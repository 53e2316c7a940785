// The list of workloads: a new one is a folder and an entry here.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/compute/compute.hpp"
#include "workloads/download/download.hpp"
#include "workloads/download_compute/download_compute.hpp"
#include "workloads/sleep_many/sleep_many.hpp"

namespace interleave {

template <class... Ws>
struct Workloads {};

using AllWorkloads = Workloads<Download, SleepMany, Compute, DownloadCompute>;

}  // namespace interleave
