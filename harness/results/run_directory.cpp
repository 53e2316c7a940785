// Durable writing and tolerant reading.
// SPDX-License-Identifier: Apache-2.0
#include "harness/results/run_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "harness/posix/files.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::system_error failure(int error, const std::string& what) { return {error, std::generic_category(), what}; }

void sync_directory(const fs::path& dir) {
  const int fd = ::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);  // best effort: some file systems refuse it
  ::close(fd);
}

// Empty where there is none. Whatever else keeps it from being read is an error: its content must not be taken for
// nothing.
std::string whole_file(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return {};
  if (fd < 0) throw failure(errno, "cannot read " + file.string());
  std::string text;
  char piece[1 << 16];
  ssize_t n = 0;
  while ((n = ::read(fd, piece, sizeof piece)) != 0) {
    if (n > 0) text.append(piece, static_cast<std::size_t>(n));
    else if (errno != EINTR) break;
  }
  const int error = n < 0 ? errno : 0;
  ::close(fd);
  if (error != 0) throw failure(error, "cannot read " + file.string());
  return text;
}

// As docs/design.md says, as far as anything depends on it.
bool is_trial(const json& line) {
  const auto is = [&](const char* key, bool (json::*kind)() const noexcept) {
    return line.contains(key) && (line[key].*kind)();
  };
  return line.is_object() && line.value("schema", json()) == 1 && is("trial", &json::is_number_unsigned) &&
         is("round", &json::is_number_unsigned) && is("point", &json::is_string) && is("model", &json::is_string) &&
         is("verdict", &json::is_string) && is("reasons", &json::is_array);
}

}  // namespace

void write_durably(const fs::path& file, std::string_view text) {
  fs::path temporary = file;
  temporary += ".part";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) throw failure(errno, "cannot write " + file.string());
  int error = write_all(fd, text);
  if (error == 0 && ::fsync(fd) != 0) error = errno;
  ::close(fd);
  if (error == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    throw failure(error, "cannot write " + file.string());
  }
  sync_directory(file.parent_path());
}

json read_plan(const fs::path& dir, std::string_view version) {
  if (!fs::is_directory(dir))
    throw DamagedRun(fmt::format("{} is not a directory: give the directory of a run", dir.string()));
  std::ifstream in(dir / "plan.json");
  if (!in) throw DamagedRun(fmt::format("{} has no plan.json: it is not the directory of a run", dir.string()));
  const json plan = json::parse(in, nullptr, false);
  if (plan.is_discarded() || !plan.is_object()) {
    throw DamagedRun(fmt::format("{}/plan.json is damaged: start a new run", dir.string()));
  }
  if (plan.value("schema", json()) != 1) {
    throw DamagedRun(fmt::format("{}/plan.json has another schema: it was made by another version", dir.string()));
  }
  const std::string made_by = plan.value("version", json()).is_string() ? plan["version"].get<std::string>() : "?";
  if (made_by != version) {
    throw DamagedRun(fmt::format("{} was made by version {}, this is {}: use that version, or start a new run",
                                 dir.string(), made_by, version));
  }
  return plan;
}

json read_environment(const fs::path& dir) {
  std::ifstream in(dir / "environment.json");
  json environment = json::parse(in, nullptr, false);
  return environment.is_object() ? environment : json::object();
}

StoredTrials read_trials(const fs::path& dir) {
  StoredTrials stored;
  const std::string text = whole_file(dir / "trials.jsonl");
  for (std::size_t start = 0, line = 1; start < text.size(); ++line) {
    const std::size_t end = text.find('\n', start);
    const bool last = end == std::string::npos || end + 1 == text.size();
    json trial = json::parse(std::string_view(text).substr(start, end - start), nullptr, false);
    const bool good = end != std::string::npos && is_trial(trial);
    if (!good && !last) {
      throw DamagedRun(
          fmt::format("{}/trials.jsonl is damaged at line {}: delete that line, and --resume runs its trial again",
                      dir.string(), line));
    }
    if (!good) {
      stored.torn = true;
      break;
    }
    stored.trials.push_back(std::move(trial));
    stored.whole_bytes = start = end + 1;
  }
  return stored;
}

TrialLog::TrialLog(const fs::path& dir, std::uintmax_t whole_bytes)
    : file_(dir / "trials.jsonl"),
      fd_(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)),
      end_(whole_bytes) {
  if (fd_ < 0) throw failure(errno, "cannot write " + file_.string());
  if (::ftruncate(fd_, static_cast<off_t>(whole_bytes)) != 0) {
    const int error = errno;
    ::close(fd_);
    throw failure(error, "cannot write " + file_.string());
  }
  sync_directory(dir);
}

TrialLog::~TrialLog() { ::close(fd_); }

void TrialLog::append(const json& trial) {
  const std::string line = trial.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  if (const int error = write_all(fd_, line); error != 0) fail(error, "cannot append to ");
  if (::fdatasync(fd_) != 0) fail(errno, "cannot sync ");
  end_ += line.size();
}

void TrialLog::fail(int error, const char* what) {
  const bool cut = ::ftruncate(fd_, static_cast<off_t>(end_)) == 0;
  throw failure(error, what + file_.string() + (cut ? "" : " (the torn last line is skipped when it is read)"));
}

}  // namespace interleave
