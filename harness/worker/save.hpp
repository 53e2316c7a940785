// Saving what an item came to: a file called by its number, in the load's folder, written whole and not synced.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "harness/load/load.hpp"
#include "harness/posix/descriptor.hpp"
#include "harness/worker/offload.hpp"

namespace interleave {

// The folder's descriptor, which forked processes have, too; none where there is no folder. Throws std::system_error.
Descriptor open_folder(const std::string& folder);

// Saves `body` and answers how many bytes it has. It may be done by another thread, but not by another process; `body`
// must stay until then. Where it cannot be saved the program says why, in one line, and ends with status 2: nothing of
// such a run is worth anything.
Work saving(const Load& load, std::uint32_t item, const std::string& body);
// The same without a file.
Work not_saving(const std::string& body);

}  // namespace interleave
