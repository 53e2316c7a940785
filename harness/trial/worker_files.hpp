// The files between the harness and a worker, of which the worker may make anything.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace interleave {

// Takes away whatever an earlier worker made of a name that is to be a file, and makes its folder where that is gone.
void make_way(const std::filesystem::path& file);

// What a worker says of its trial (`--out`); null where that is no JSON object, of 1 MiB and 64 levels at most, in a
// regular file.
nlohmann::json read_worker_json(const std::filesystem::path& file);

}  // namespace interleave
