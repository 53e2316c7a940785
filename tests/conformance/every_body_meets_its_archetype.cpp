// Every body of every workload compiles against the poorest lane of its style; this target building is the test.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/archetypes.hpp"
#include "harness/worker/body.hpp"
#include "workloads/all_bodies.hpp"

namespace interleave {
namespace {

// A rich lane runs every workload: instantiating the body compiles it.
template <class M, class... Ws>
constexpr bool runs_all(Workloads<Ws...>) {
  static_assert((HasBodies<Ws> && ...));
  return (... && (Runs<M, Ws> && (static_cast<void>(body_for<M, Ws>()), true)));
}
static_assert(runs_all<archetype::BlockingOf<archetype::BlockingFull>>(AllWorkloads{}));
static_assert(runs_all<archetype::CallbackOf<archetype::CallbackFull>>(AllWorkloads{}));
static_assert(runs_all<archetype::CoroutineOf<archetype::CoroutineFull>>(AllWorkloads{}));

// A poor one is skipped where the workload says that it needs something, and runs what needs nothing.
template <class M, class... Ws>
constexpr bool runs_what_needs_nothing(Workloads<Ws...>) {
  return (... && (Runs<M, Ws> == Ws::Spec::kAbout.needs.empty()));
}
static_assert(runs_what_needs_nothing<archetype::BlockingOf<archetype::BlockingCore>>(AllWorkloads{}));
static_assert(runs_what_needs_nothing<archetype::CallbackOf<archetype::CallbackCore>>(AllWorkloads{}));
static_assert(runs_what_needs_nothing<archetype::CoroutineOf<archetype::CoroutineCore>>(AllWorkloads{}));

}  // namespace
}  // namespace interleave
