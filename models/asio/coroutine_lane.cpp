// What is awaited in a coroutine of its own.
// SPDX-License-Identifier: Apache-2.0
#include "models/asio/coroutine_lane.hpp"

namespace interleave {

AsioAwaitedLane::Task<std::uint64_t> AsioAwaitedLane::offload(Work work) {
  if (loop_.offload().is_inline()) co_return work();
  timer_.expires_at(AsioTimer::time_point::max());
  loop_.offload().post(work, this, [](void* self, std::uint64_t result) {
    auto* const lane = static_cast<AsioAwaitedLane*>(self);
    lane->result_ = result;
    lane->timer_.cancel();
  });
  const auto [cancelled] = co_await timer_.async_wait(kAwaited);
  static_cast<void>(cancelled);
  co_return result_;
}

AsioAwaitedLane::Task<bool> AsioAwaitedLane::put(Parcel parcel) {
  AsioChannel& channel = loop_.channel();
  if (channel.try_send(AsioError(), parcel)) co_return false;
  const auto [closed] = co_await channel.async_send(AsioError(), parcel, kAwaited);
  static_cast<void>(closed);
  co_return true;
}

AsioAwaitedLane::Task<std::optional<Parcel>> AsioAwaitedLane::get() {
  const auto [closed, parcel] = co_await loop_.channel().async_receive(kAwaited);
  if (closed) co_return std::nullopt;
  loop_.has_taken();
  co_return parcel;
}

}  // namespace interleave
