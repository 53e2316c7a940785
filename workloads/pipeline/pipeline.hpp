// pipeline: producers and consumers, with a bounded queue between them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/pipeline/blocking.hpp"
#include "workloads/pipeline/callback.hpp"
#include "workloads/pipeline/coroutine.hpp"
#include "workloads/pipeline/spec.hpp"

namespace interleave {

struct Pipeline : PipelineBlocking, PipelineCallback, PipelineCoroutine {
  using Spec = PipelineSpec;
};

}  // namespace interleave
