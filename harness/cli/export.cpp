// `interleave export`: a run in the format of another tool.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/commands.hpp"
#include "harness/cli/compare.hpp"
#include "harness/gate/exports.hpp"

namespace interleave {

void add_export(CLI::App& app, int& status) {
  struct Options {
    std::string dir, format, cell;
  };
  CLI::App* const command = app.add_subcommand("export", "A run's figures in the format of another tool, on stdout");
  const auto options = std::make_shared<Options>();
  command->add_option("dir", options->dir, "The directory of a run")->required();
  command
      ->add_option(
          "--format", options->format,
          "google-benchmark (a row a round, for its compare.py), google-benchmark-summary (a row a cell), "
          "bencher, csv (a row a trial), junit, markdown, or hgrm (HdrHistogram's percentiles, in ms, of one cell)")
      ->check(CLI::IsMember(export_formats()))
      ->required();
  command->add_option("--cell", options->cell, "Of hgrm: model/point, with a load whose items come at a rate");
  command->callback([options, &status] {
    fmt::print("{}", exported(stored_run(options->dir), options->format, options->cell));
    status = kFine;
  });
}

}  // namespace interleave
