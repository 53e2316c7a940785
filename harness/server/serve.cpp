// Set-up, readiness, signals.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/serve.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "harness/http/body.hpp"
#include "harness/http/clock.hpp"
#include "harness/server/control.hpp"
#include "harness/server/delay_trace.hpp"
#include "harness/server/explicit_fate.hpp"
#include "harness/server/fault_ports.hpp"
#include "harness/server/flags.hpp"
#include "harness/server/listener.hpp"
#include "harness/server/serve_options.hpp"

namespace interleave {
namespace {

constexpr std::chrono::milliseconds kHeartbeat{10};
constexpr std::chrono::seconds kDrainLimit{5};

void prepare_process(const ServeOptions& options) {
  prctl(PR_SET_TIMERSLACK, 1UL);  // the default lets the kernel be 50 us late
  if (options.with_parent) {
    const pid_t parent = getppid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || parent == 1) throw std::runtime_error("--with-parent: the parent is gone already");
  }
  std::signal(SIGPIPE, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  body_window(0, 0, 1);  // makes the noise now, not at the first request
}

void tell_ready(const ServeOptions& options, nlohmann::json ready) {
  ready["pid"] = getpid();
  const std::string line = ready.dump() + "\n";
  const int fd = options.ready_fd >= 0 ? options.ready_fd : STDOUT_FILENO;
  if (::write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    throw std::runtime_error("cannot write the ready line to descriptor " + std::to_string(fd));
  }
  if (options.ready_fd >= 0) ::close(options.ready_fd);
}

Profile standing_profile(const ServeOptions& options) {
  Profile profile = profile_named(options.profile, options.time_scale);
  if (!options.delay_trace.empty()) profile.delay = traced_delay(options.delay_trace, options.time_scale);
  return profile;
}

// The profiles of the classic servers, in seconds as they were published; --time-scale shortens them.
Profile classic_profile(double time_scale, bool errors) {
  Profile profile = profile_named("delay", 10 * time_scale);
  if (errors) profile.faults = {{Fault::status, 418, 250'000}};
  return profile;
}

// LOCAL, DELAY and ERROR.
struct Classic {
  Classic(asio::io_context& loop, const std::string& address, const ServeOptions& options, Service& service)
      : at_once(profile_named("local"), options.seed, kFlagItems),
        delayed(classic_profile(options.time_scale, false), options.seed, kFlagItems),
        failing(classic_profile(options.time_scale, true), options.seed, kFlagItems),
        local(loop, listening(loop, address, options.local_port), service, at_once, true),
        delay(loop, listening(loop, address, options.delay_port), service, delayed, true),
        error(loop, listening(loop, address, options.error_port), service, failing, true) {}
  RunFates at_once, delayed, failing;
  Listener local, delay, error;
};

class Server {
 public:
  explicit Server(const ServeOptions& options)
      : service_{{}, RunFates(standing_profile(options), options.seed, options.items)},
        listener_(loop_, listening(loop_, address(options), options.port), service_, service_.standing),
        control_(listening(loop_, "127.0.0.1", options.control_port), service_),
        signals_(loop_, SIGTERM, SIGINT),
        heartbeat_(loop_.get_executor()),
        drain_watch_(loop_.get_executor()) {
    nlohmann::json ready{{"port", listener_.port()}, {"control_port", control_.port()}};
    if (options.classic) {
      classic_.emplace(loop_, address(options), options, service_);
      for (Listener* each : {&classic_->local, &classic_->delay, &classic_->error}) each->start();
      ready["classic"] = {{"local", classic_->local.port()}, {"delay", classic_->delay.port()}, {"error", classic_->error.port()}};
    }
    if (options.fault_ports) {
      fault_ports_.emplace(loop_, address(options), duration_of("--late-accept", options.late_accept), service_);
      fault_ports_->start();
      ready["fault_ports"] = fault_ports_->ports();
    }
    listener_.start();
    control_.start();
    await_signal();
    beat(Clock::now());
    tell_ready(options, std::move(ready));
  }
  void run() { loop_.run(); }

 private:
  static std::string address(const ServeOptions& options) { return options.listen_anywhere ? "0.0.0.0" : "127.0.0.1"; }

  void await_signal() {
    signals_.async_wait([this](const error_code& error, int signal) {
      if (error) return;
      if (signal == SIGINT || service_.draining) return loop_.stop();
      drain();
      await_signal();
    });
  }
  // Requests under way get their replies, for 5 s at most.
  void drain() {
    service_.draining = true;
    control_.stop();
    listener_.drain();
    if (classic_) {
      for (Listener* each : {&classic_->local, &classic_->delay, &classic_->error}) each->drain();
    }
    if (fault_ports_) fault_ports_->stop();
    drain_until_ = Clock::now() + kDrainLimit;
    watch_drain();
  }
  void watch_drain() {
    if ((listener_.idle() && service_.under_way == 0) || Clock::now() >= drain_until_) return loop_.stop();
    drain_watch_.expires_after(std::chrono::milliseconds(1));
    drain_watch_.async_wait([this](const error_code&) { watch_drain(); });
  }
  // How late a timer fires that does nothing: the loop lag.
  void beat(Clock::time_point due) {
    heartbeat_.expires_at(due);
    heartbeat_.async_wait([this, due](const error_code&) {
      const auto now = Clock::now();
      if (service_.ledger.open()) service_.ledger.loop_lag(std::chrono::nanoseconds(now - due).count());
      beat(now + kHeartbeat);
    });
  }

  asio::io_context loop_{1};  // one thread: Asio locks nothing
  Service service_;
  Listener listener_;
  std::optional<Classic> classic_;
  std::optional<FaultPorts> fault_ports_;
  Control control_;
  asio::signal_set signals_;
  Timer heartbeat_;
  Timer drain_watch_;
  Clock::time_point drain_until_;
};

}  // namespace

int serve(int argc, char** argv) try {
  int status = 0;
  const auto options = parse_serve_options(argc, argv, status);
  if (!options) return status;
  prepare_process(*options);
  Server server(*options);
  server.run();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
  return 2;
}

}  // namespace interleave
