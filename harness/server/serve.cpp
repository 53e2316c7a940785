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
#include "harness/numbers/clock.hpp"
#include "harness/server/control.hpp"
#include "harness/server/control_socket.hpp"
#include "harness/server/delay_trace.hpp"
#include "harness/server/explicit_fate.hpp"
#include "harness/server/fault_ports.hpp"
#include "harness/server/flags.hpp"
#include "harness/server/listener.hpp"
#include "harness/server/name_server.hpp"
#include "harness/server/serve_options.hpp"
#include "harness/text/plain_error.hpp"
namespace interleave {
namespace {

constexpr std::chrono::seconds kDrainLimit{5};

void prepare_process(const ServeOptions& options) {
  prctl(PR_SET_TIMERSLACK, 1UL);  // the default lets the kernel be 50 us late
  if (options.with_parent) {
    const pid_t parent = getppid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // A parent that was gone before has left no reader for the ready line. That process 1 is the parent proves nothing:
    // in a container it may be who started this.
    if (getppid() != parent) throw std::runtime_error("--with-parent: the parent is gone already");
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
  Classic(Shards& shards, const std::string& address, const ServeOptions& options)
      : at_once(profile_named("local"), options.seed, kFlagItems),
        delayed(classic_profile(options.time_scale, false), options.seed, kFlagItems),
        failing(classic_profile(options.time_scale, true), options.seed, kFlagItems),
        local(shards, listening(shards.first().loop, address, options.local_port), at_once, true),
        delay(shards, listening(shards.first().loop, address, options.delay_port), delayed, true),
        error(shards, listening(shards.first().loop, address, options.error_port), failing, true) {}
  RunFates at_once, delayed, failing;
  Listener local, delay, error;
};

class Server {
 public:
  explicit Server(const ServeOptions& options)
      : service_(options.shards, RunFates(standing_profile(options), options.seed, options.items)),
        shards_(options.shards, service_),
        listener_(shards_, listening(loop(), address(options), options.port), service_.standing),
        signals_(loop(), SIGTERM, SIGINT),
        drain_watch_(loop().get_executor()) {
    nlohmann::json ready{{"port", listener_.port()}};
    open_control(options, ready);
    if (options.classic) {
      classic_.emplace(shards_, address(options), options);
      for (Listener* each : {&classic_->local, &classic_->delay, &classic_->error}) each->start();
      ready["classic"] = {
          {"local", classic_->local.port()}, {"delay", classic_->delay.port()}, {"error", classic_->error.port()}};
    }
    if (options.fault_ports) {
      fault_ports_.emplace(shards_, address(options), duration_of("--late-accept", options.late_accept),
                           service_.standing);
      fault_ports_->start();
      ready["fault_ports"] = fault_ports_->ports();
    }
    if (options.names) {
      names_.emplace(shards_, address(options), options.name_port).start();
      ready["name_port"] = names_->port();
    }
    listener_.start();
    await_signal();
    tell_ready(options, std::move(ready));
  }
  void run() { shards_.run(); }

 private:
  static std::string address(const ServeOptions& options) {
    return options.listen_anywhere ? any_address() : "127.0.0.1";
  }

  asio::io_context& loop() { return shards_.first().loop; }  // that all but connections run on

  void open_control(const ServeOptions& options, nlohmann::json& ready) {
    if (options.control_socket.empty()) {
      control_.emplace(listening(loop(), "127.0.0.1", options.control_port), service_, shards_);
      control_->start();
      ready["control_port"] = control_->endpoint().port();
    } else {
      local_control_.emplace(listening_at(loop(), options.control_socket), service_, shards_);
      control_file_.emplace(options.control_socket);
      local_control_->start();
      ready["control_socket"] = options.control_socket;
    }
  }

  void await_signal() {
    signals_.async_wait([this](const error_code& error, int signal) {
      if (error) return;
      if (signal == SIGINT || shards_.first().draining) return loop().stop();
      drain();
      await_signal();
    });
  }
  // Requests under way get their replies, for 5 s at most.
  void drain() {
    if (control_) control_->stop();
    if (control_file_)
      control_file_->remove();  // while the socket listens: the path may be another server's afterwards
    if (local_control_) local_control_->stop();
    listener_.stop();
    if (classic_) {
      for (Listener* each : {&classic_->local, &classic_->delay, &classic_->error}) each->stop();
    }
    if (fault_ports_) fault_ports_->stop();
    if (names_) names_->stop();
    shards_.drain();
    drain_until_ = Clock::now() + kDrainLimit;
    watch_drain();
  }
  void watch_drain() {
    if (shards_.idle() || Clock::now() >= drain_until_) return loop().stop();
    drain_watch_.expires_after(std::chrono::milliseconds(1));
    drain_watch_.async_wait([this](const error_code&) { watch_drain(); });
  }

  Service service_;
  Shards shards_;
  Listener listener_;
  std::optional<Classic> classic_;
  std::optional<FaultPorts> fault_ports_;
  std::optional<NameServer> names_;
  std::optional<Control<asio::ip::tcp>> control_;
  std::optional<Control<asio::local::stream_protocol>> local_control_;
  std::optional<SocketFile> control_file_;  // gone before the socket is
  asio::signal_set signals_;
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
  std::fprintf(stderr, "%s: %s\n", argv[0], plain_error(error.what()).c_str());
  return 2;
}

}  // namespace interleave
