// The main of a native twin: the contract of a worker around a `download` that knows none of the concepts.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/run_model.hpp"

namespace interleave {

// T has describe() and claims(load) as a model has, is made of (load, sockets), and does all items in download(load).
// What is measured, and how, is what is measured of a model.
template <class T>
int native_main(int argc, char** argv, const char* style) {
  OfferedWorkload download;
  download.name = Download::kName;
  download.connects = true;
  download.run = [](const Load& asked, const OnPhase& on_phase) {
    return measured<T, Download>(asked, on_phase, [](T& twin, const DownloadLoad& load) { twin.download(load); });
  };
  return worker_main({T::describe(), style, {}, [](const Load&) { return std::optional<std::string>(); }, {download}},
                     argc, argv);
}

}  // namespace interleave
