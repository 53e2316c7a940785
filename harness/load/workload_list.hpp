// Lists of specs and of bodies, as types.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace interleave {

template <class... Ss>
struct Specs {};
template <class... Ws>
struct Workloads {};

}  // namespace interleave
