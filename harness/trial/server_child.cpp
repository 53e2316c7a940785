// Starting the server, and speaking to its control port through Beast.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/server_child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "harness/posix/pipe.hpp"
#include "harness/trial/child.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace http = boost::beast::http;
using Tcp = boost::asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds kReadyLimit{20};
constexpr seconds kIdleLimit{60};
constexpr seconds kAnswerLimit{60};

constexpr int kServersOomScore = 500;  // between the workers and the harness

Launch launch_of(const std::vector<int>& cpus, const std::filesystem::path& scratch, int ready_fd,
                 const ServerProgram& program) {
  Launch launch;
  launch.program = program.program.empty() ? std::filesystem::read_symlink("/proc/self/exe") : program.program;
  launch.arguments = {"serve", "--ready-fd", "3", "--with-parent"};
  if (program.names) launch.arguments.emplace_back("--names");
  launch.arguments.insert(launch.arguments.end(), program.arguments.begin(), program.arguments.end());
  launch.cpus = cpus;
  launch.err = scratch / "server.stderr";
  launch.descriptors = {{ready_fd, 3}};
  launch.oom_score_adj = kServersOomScore;
  return launch;
}

}  // namespace

class ServerChild::Impl {
 public:
  Impl(const std::vector<int>& cpus, const std::filesystem::path& scratch, const Interrupt& interrupt,
       const ServerProgram& program)
      : interrupt_(interrupt),
        stderr_(scratch / "server.stderr"),
        child_(launch_of(cpus, scratch, ready_.write_end(), program)),
        control_(io_) {
    ready_.close_write_end();
    const json ports = read_ready();
    port_ = ports.at("port");
    name_port_ = ports.value("name_port", std::uint16_t{0});
    const std::uint16_t control_port = ports.at("control_port");
    control_.connect({boost::asio::ip::address_v4::loopback(), control_port});
    ::fcntl(control_.native_handle(), F_SETFD, FD_CLOEXEC);  // Asio leaves it to its user
    control_.set_option(Tcp::no_delay(true));
  }

  ~Impl() {
    child_.signal(SIGTERM);
    pollfd over{child_.pidfd(), POLLIN, 0};
    ::poll(&over, 1, 2000);  // it drains; the child's destructor ends it otherwise
  }

  json ask(http::verb verb, const std::string& target, const json& body) try {
    http::request<http::string_body> request{verb, target, 11};
    request.set(http::field::host, "127.0.0.1");
    request.set(http::field::content_type, "application/json");
    if (!body.is_null()) request.body() = body.dump();
    request.prepare_payload();
    http::write(control_, request);
    wait_answer();
    http::response_parser<http::string_body> answer;
    answer.body_limit(std::uint64_t{64} << 20);
    http::read(control_, buffer_, answer);
    const json parsed = json::parse(answer.get().body(), nullptr, false);
    if (answer.get().result() != http::status::ok || parsed.is_discarded()) {
      throw ServerLost(
          fmt::format("the server answered {} to {}: {}", answer.get().result_int(), target, answer.get().body()));
    }
    return parsed;
  } catch (const boost::system::system_error& error) {
    throw ServerLost(fmt::format("the server does not answer {}: {}", target, lost(error.code().message())));
  }

  std::string lost(const std::string& otherwise) {
    pollfd over{child_.pidfd(), POLLIN, 0};
    if (::poll(&over, 1, 200) <= 0) return otherwise;
    const Ended& ended = child_.wait();
    if (ended.signal != 0) return "it was ended by " + name_of_signal(ended.signal);
    return fmt::format("it ended with status {}: {}", ended.exit_status, first_line(stderr_));
  }

  const Interrupt& interrupt_;
  std::filesystem::path stderr_;
  Pipe ready_;
  Child child_;
  boost::asio::io_context io_;
  Tcp::socket control_;
  boost::beast::flat_buffer buffer_;
  std::uint16_t port_ = 0, name_port_ = 0;

 private:
  // The answer's first byte, the server's death, or the limit: a blocking read alone would know none of the last two.
  void wait_answer() {
    if (buffer_.size() > 0) return;
    pollfd fds[2] = {{control_.native_handle(), POLLIN, 0}, {child_.pidfd(), POLLIN, 0}};
    int got = 0;
    do {
      got = ::poll(fds, 2, static_cast<int>(std::chrono::milliseconds(kAnswerLimit).count()));
    } while (got < 0 && errno == EINTR);
    if (got == 0) throw ServerLost("the server does not answer on its control port");
    if ((fds[0].revents & POLLIN) == 0) throw ServerLost("the server died: " + lost("it ended"));
  }

  json read_ready() {
    std::string line;
    const auto limit = Clock::now() + kReadyLimit;
    while (line.find('\n') == std::string::npos) {
      pollfd fds[2] = {{ready_.read_end(), POLLIN, 0}, {interrupt_.fd(), POLLIN, 0}};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - Clock::now()).count();
      // Even past the limit: this process may have been stopped meanwhile, and the line be there.
      const int ready = ::poll(fds, 2, static_cast<int>(std::max<std::int64_t>(left, 0)));
      if (ready < 0 && errno != EINTR) throw ServerLost("poll failed");
      interrupt_.check();
      if (ready == 0 && left <= 0) throw ServerLost("the server was not ready within 20 s");
      if (ready <= 0 || fds[0].revents == 0) continue;
      char text[512];
      const ssize_t got = ::read(ready_.read_end(), text, sizeof text);
      if (got <= 0) throw ServerLost("the server did not start: " + lost("it said nothing"));
      line.append(text, static_cast<std::size_t>(got));
    }
    const json ports = json::parse(line, nullptr, false);
    if (!ports.is_object() || !ports.contains("port") || !ports.contains("control_port")) {
      throw ServerLost("the server does not say its ports: " + line);
    }
    return ports;
  }
};

ServerChild::ServerChild(const std::vector<int>& cpus, const std::filesystem::path& scratch, const Interrupt& interrupt,
                         const ServerProgram& program) try
    : impl_(std::make_unique<Impl>(cpus, scratch, interrupt, program)) {
} catch (const boost::system::system_error& error) {
  throw ServerLost("cannot connect to the server's control port: " + error.code().message());
}

ServerChild::~ServerChild() = default;

std::uint16_t ServerChild::port() const { return impl_->port_; }
std::uint16_t ServerChild::name_port() const { return impl_->name_port_; }
void ServerChild::name_in(nlohmann::json& point, const WorkloadAbout& workload) const {
  if (workload.datagrams) point["name_port"] = name_port();
  else point["port"] = port();
}
pid_t ServerChild::pid() const { return impl_->child_.pid(); }
int ServerChild::pidfd() const { return impl_->child_.pidfd(); }
std::string ServerChild::why_lost() const { return impl_->lost("it still runs"); }

ServerState ServerChild::state() {
  const json told = impl_->ask(http::verb::get, "/state", nullptr);
  return {told.at("connections_open"), told.at("in_flight")};
}

void ServerChild::wait_idle() {
  using std::chrono::microseconds;
  const auto limit = Clock::now() + kIdleLimit;
  for (microseconds pause{50};; pause = std::min<microseconds>(2 * pause, microseconds(1000))) {
    const bool late = Clock::now() > limit;  // before the look: this process may be stopped between the two
    if (state().connections_open == 0) return;
    impl_->interrupt_.check();
    if (late) throw ServerLost("connections of an earlier trial were still open after 60 s");
    std::this_thread::sleep_for(pause);
  }
}

void ServerChild::begin(const std::string& run, const Load& load, const Requests& requests) {
  impl_->ask(http::verb::post, "/begin",
             {{"run", run},
              {"seed", load.seed},
              {"profile", load.profile},
              {"items", requests.ids},
              {"expected", requests.unique},
              {"in_flight", load.in_flight}});
}

json ServerChild::ledger() { return impl_->ask(http::verb::get, "/ledger", nullptr); }

Ended ServerChild::stop() {
  impl_->child_.signal(SIGTERM);
  return impl_->child_.wait();
}

json ServerChild::end() { return impl_->ask(http::verb::post, "/end", nullptr); }

}  // namespace interleave
