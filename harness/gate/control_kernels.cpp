// Three frozen kernels that tell of the machine alone: one core's arithmetic, a hand-over between two threads, an echo
// over loopback. Prints {"alu":ns,"ping_pong":ns,"echo":ns}, each for one step. Usage: control_kernels CORE OTHER_CORE
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "harness/text/leading_number.hpp"

namespace {

constexpr int kMultiplications = 12'000'000, kHandOvers = 3000, kEchoes = 400;

double ns_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

void move_to(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core), &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0) throw std::runtime_error("no such core");
}

double alu() {
  std::uint64_t x = 0x9e3779b97f4a7c15ULL;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kMultiplications; ++i) {
    x = x * 0xbf58476d1ce4e5b9ULL + 1;
    asm volatile("" : "+r"(x));  // each for itself: a compiler knows what all of them come to
  }
  return ns_since(start) / kMultiplications;
}

double ping_pong() {
  std::mutex mutex;
  std::condition_variable changed;
  bool ping = true;
  const auto play = [&](bool mine) {
    for (int i = 0; i < kHandOvers; ++i) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return ping == mine; });
      ping = !mine;
      changed.notify_one();
    }
  };
  const auto start = std::chrono::steady_clock::now();
  std::thread other(play, false);
  play(true);
  other.join();
  return ns_since(start) / kHandOvers;
}

int checked(int result, const char* what) {
  if (result < 0) throw std::runtime_error(what);
  return result;
}

void no_delay(int socket) {
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

double echo(int other_core) {
  const int listener = checked(::socket(AF_INET, SOCK_STREAM, 0), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  checked(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), "bind");
  checked(::listen(listener, 1), "listen");
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  std::thread server([&] {
    move_to(other_core);
    const int peer = ::accept(listener, nullptr, nullptr);
    no_delay(peer);
    char byte = 0;
    while (::read(peer, &byte, 1) == 1 && ::write(peer, &byte, 1) == 1) {
    }
    ::close(peer);
  });
  const int client = checked(::socket(AF_INET, SOCK_STREAM, 0), "socket");
  checked(::connect(client, reinterpret_cast<sockaddr*>(&address), size), "connect");
  no_delay(client);
  char byte = 1;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kEchoes; ++i) {
    if (::write(client, &byte, 1) != 1 || ::read(client, &byte, 1) != 1) break;
  }
  const double ns = ns_since(start) / kEchoes;
  ::close(client);
  server.join();
  ::close(listener);
  return ns;
}

int core_in(const char* text) {
  const auto number = interleave::leading_number<int>(text);
  if (!number.is_all()) throw std::runtime_error(std::string("not the number of a core: ") + text);
  return number.value;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) throw std::runtime_error("usage: control_kernels CORE OTHER_CORE");
  const int core = core_in(argv[1]), other_core = core_in(argv[2]);
  move_to(core);
  const double of_alu = alu(), of_ping_pong = ping_pong(), of_echo = echo(other_core);
  std::printf("{\"alu\":%.4f,\"ping_pong\":%.1f,\"echo\":%.1f}\n", of_alu, of_ping_pong, of_echo);
  return std::fflush(stdout) == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "control_kernels: %s\n", error.what());
  return 2;
}
