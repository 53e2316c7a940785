// The main of a native twin: the contract of a worker around a `download` that knows none of the concepts.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/run_model.hpp"
#include "workloads/download/result.hpp"
#include "workloads/download/spec.hpp"

namespace interleave {

// T has describe() and claims(load) as a model has, is made of (load, sockets), and does all items in download().
// What is measured, and how, is what is measured of a model.
template <class T>
int native_main(int argc, char** argv, const char* style) {
  OfferedWorkload download{.about = about(DownloadSpec::kAbout),
                           .run = {},
                           .connections = [](const Load& load) { return std::uint64_t{load.in_flight}; },
                           .refusal = [](const Load&) { return std::optional<std::string>(); },
                           .offered = true};
  download.run = [](Load load, const TrialFiles& files, Control& control) {
    return measured<T>(load, DownloadSpec::kAbout, Shape{}, files, control,
                       [](T& twin, const Load& prepared) { twin.download(prepared); });
  };
  return worker_main(
      {.description = T::describe(), .style = style, .capabilities = {}, .claims = &T::claims, .workloads = {download}},
      argc, argv);
}

}  // namespace interleave
