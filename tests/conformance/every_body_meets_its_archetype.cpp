// Every body of every workload compiles against the poorest lane of its style; this target building is the test.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/archetypes.hpp"
#include "harness/worker/workload.hpp"
#include "workloads/all.hpp"

namespace interleave {
namespace {

// A rich lane runs every workload: instantiating the body compiles it.
template <class M, class... Ws>
constexpr bool runs_all(Workloads<Ws...>) {
  static_assert((Workload<Ws> && ...));
  return (... && (Runs<M, Ws> && (static_cast<void>(body_for<M, Ws>()), true)));
}
static_assert(runs_all<archetype::BlockingOf<archetype::BlockingFull>>(AllWorkloads{}));
static_assert(runs_all<archetype::CallbackOf<archetype::CallbackFull>>(AllWorkloads{}));
static_assert(runs_all<archetype::CoroutineOf<archetype::CoroutineFull>>(AllWorkloads{}));

// A poor one is skipped where it lacks a capability, and runs what needs none.
template <class M>
constexpr bool poor() {
  return !Runs<M, Download> && !Runs<M, DownloadCompute> && Runs<M, SleepMany> && Runs<M, Compute>;
}
static_assert(poor<archetype::BlockingOf<archetype::BlockingCore>>());
static_assert(poor<archetype::CallbackOf<archetype::CallbackCore>>());
static_assert(poor<archetype::CoroutineOf<archetype::CoroutineCore>>());

}  // namespace
}  // namespace interleave
