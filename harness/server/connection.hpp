// One client connection: reads requests, waits out their delays with a read armed, writes what their fate says.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <memory>
#include <optional>

#include "harness/server/asio_types.hpp"
#include "harness/server/read_buffer.hpp"
#include "harness/server/reply_plan.hpp"
#include "harness/server/request_parser.hpp"
#include "harness/server/routes.hpp"
#include "harness/server/script.hpp"
#include "harness/server/service.hpp"
#include "harness/server/shard.hpp"
#include "harness/server/target.hpp"

namespace interleave {

// Lives as long as one of its operations is under way; belongs to one shard and is never touched from another thread.
class Connection final : public boost::intrusive_ref_counter<Connection, boost::thread_unsafe_counter>,
                         public ConnectionHook {
 public:
  // `fates` are dealt while no run is open; with `flags` those of the classic files, run or no run.
  Connection(Stream socket, Shard& shard, const RunFates& fates, bool flags);
  ~Connection();
  void start() { read(); }
  // Ends at once if no request is under way, and after the reply otherwise; a hang is ended.
  void drain();

 private:
  using Self = boost::intrusive_ptr<Connection>;
  enum class State : std::uint8_t { reading, delayed, writing, hanging, lingering, closed };

  void read();
  void on_read(const error_code& error, std::size_t n);
  void advance();
  bool parse();
  void handle();
  Target asked_for() const;
  RouteRequest route_request(const Target& target);
  void handle_other();
  void handle_explicit(const Target& target);
  void tell(std::uint16_t status, std::string_view lines, std::string_view content);
  bool handle_flag(std::string_view path, ReplyPlan& plan);
  void deal(std::uint64_t item, std::uint32_t attempt);
  bool admit(std::string_view path, ReplyPlan& plan);
  void note_retry();
  void refuse(const Refusal& refusal);
  void refuse(std::uint16_t status, std::string_view reason);
  Persistence persistence() const;
  ReplyTerms terms(std::int64_t now);
  void begin_exchange();
  void count();
  void due();
  void write_plain();
  void run_script(Script script);
  void step();
  bool write_step(Step& step);
  bool wait_for_rate(const Step& step, std::size_t piece);
  void resume_at(std::int64_t due_ns);
  void end_exchange(Ending how);
  void next_request();
  bool nobody_sends();
  bool nothing_to_drain();
  void close_gently();
  void close(bool reset);
  void expect_header();
  void give_up_when_idle(std::chrono::nanoseconds idle);
  void send_continue();

  Stream socket_;
  Timer timer_;
  Shard& shard_;
  Service& service_;
  const RunFates& fates_;
  const bool flags_;
  State state_ = State::reading;
  bool reading_ = false;  // a read is under way
  bool keep_alive_ = true;
  bool in_exchange_ = false;
  bool of_item_ = false;  // the exchange has the seeded fate of an item, whatever was laid over it
  bool timer_for_header_ = false;
  bool continued_ = false;  // 100 Continue has been sent for this message
  std::optional<RequestParser> parser_;
  std::size_t message_ = 0;  // bytes of the message that stay in the buffer while it is parsed
  Exchange exchange_;
  std::uint32_t run_ = 0;  // the last run that has counted a request of this connection, and how many
  std::uint64_t counted_ = 0;
  std::uint32_t requests_ = 0;
  std::unique_ptr<ReplyPlan> plan_;  // of an explicit request
  std::unique_ptr<Script> script_;
  ReadBuffer in_;
};

}  // namespace interleave
