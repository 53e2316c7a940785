"""The fates again, in Python and from the description alone: what C++ deals must be this, to the bit.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

WORD = (1 << 64) - 1
FAULTS = ("none status hang reset reset_body truncate malformed empty hang_header stall reset_header reset_after "
          "truncate_chunked chunked chunk_bytes chunk_trailers close_delimited http_1_0 close interim bad_header nul_header "
          "bare_lf huge_header many_headers bad_chunk chunk_overflow both_framings two_lengths negative_length long_body "
          "two_replies garbage").split()


def hostile() -> dict:
    """The profile `hostile`: every fault that can be seeded, 2 % each."""
    faults = [{"fault": "status", "status": status, "ppm": 20_000} for status in (418, 404, 500, 503, 429, 204, 301, 599)]
    faults += [{"fault": fault, "status": 200, "ppm": 20_000} for fault in FAULTS[2:]]
    return {"name": "hostile", "delay": {"kind": "uniform", "low_us": 1_000, "high_us": 20_000, "sigma": 0},
            "bytes": [1024, 4096], "faults": faults}

NEVER_END = {"hang", "hang_header", "stall"}
OUTCOMES = {
    "RESET": {"reset", "reset_header", "reset_body"},
    "TRUNCATED": {"truncate", "truncate_chunked", "empty"},
    "TIMEOUT": NEVER_END,
    "MALFORMED": {"malformed", "bad_header", "nul_header", "bare_lf", "huge_header", "many_headers", "bad_chunk",
                  "chunk_overflow", "both_framings", "two_lengths", "negative_length", "garbage"},
}
NOISE_PERIOD = 1 << 20
FAULT_DRAW, DELAY_DRAW, BYTES_DRAW, RATE_DRAW = 1, 2, 3, 4


def mix(x: int, *more: int) -> int:
    """splitmix64's finaliser; of two words, that of mix(first) ^ second."""
    x = (x + 0x9E3779B97F4A7C15) & WORD
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & WORD
    x ^= x >> 31
    return mix(x ^ more[0]) if more else x


def permuted(key: int, n: int, place: int) -> int:
    """A four-round Feistel network over the next power of four, walked until it lands below n."""
    if n < 2:
        return 0
    half = ((n - 1).bit_length() + 1) // 2
    mask = (1 << half) - 1
    while True:
        left, right = place >> half, place & mask
        for turn in range(4):
            left, right = right, left ^ (mix((key + turn) & WORD, right) & mask)
        place = left << half | right
        if place < n:
            return place


def stratum(low: int, high: int, rank: int, n: int) -> int:
    return low + (high - low) * (2 * rank + 1) // (2 * n)


@dataclass(frozen=True)
class Fate:
    fault: str
    status: int
    bytes: int
    delay_ns: int
    rate: int

    @property
    def outcome(self) -> str:
        for outcome, faults in OUTCOMES.items():
            if self.fault in faults:
                return outcome
        return "OK" if 200 <= self.status <= 299 else "NOT_FOUND" if self.status == 404 else "HTTP_ERROR"

    def fingerprint(self, item: int, attempt: int = 0) -> int:
        return mix(mix(item, attempt), mix(FAULTS.index(self.fault) << 16 | self.status, self.bytes))


class Fates:
    """`profile` is the JSON form of a profile."""

    def __init__(self, profile: dict, seed: int, items: int) -> None:
        self.profile, self.seed, self.items = profile, seed, items
        share = 0
        self.upto = []
        for fault in profile["faults"]:
            share += fault["ppm"]
            self.upto.append((items * share + 500_000) // 1_000_000)

    def rank(self, item: int, attempt: int, draw: int) -> int:
        return permuted(mix(mix(self.seed, attempt), draw), self.items, item)

    def delay_ns(self, rank: int) -> int:
        delay, n = self.profile["delay"], self.items
        low, high, shape = delay["low_us"], delay["high_us"], delay.get("shape", 0)
        if delay["kind"] == "none":
            return 0
        if delay["kind"] == "fixed":
            return low * 1000
        if delay["kind"] == "uniform":
            return stratum(low * 1000, high * 1000, rank, n)
        if delay["kind"] == "lognormal":
            z = NormalDist().inv_cdf((2 * rank + 1) / (2 * n))
            return min(math.floor(low * math.exp(delay["sigma"] * z) + 0.5), high) * 1000
        if delay["kind"] == "bimodal":
            return (high if rank < math.floor(shape * n + 0.5) else low) * 1000
        if delay["kind"] == "pareto":
            above = (2 * (n - 1 - rank) + 1) / (2 * n)
            return min(math.floor(low * above ** (-1 / shape) + 0.5), high) * 1000
        trace = sorted(delay["trace_us"])
        return trace[stratum(0, len(trace), rank, n)] * 1000

    def of(self, item: int, attempt: int = 0) -> Fate:
        if item >= self.items:
            return Fate("status", 404, 0, 0, 0)
        low, high = self.profile["bytes"]
        size = low if low == high else stratum(low, high + 1, self.rank(item, attempt, BYTES_DRAW), self.items)
        delay = 0
        if self.profile["delay"]["kind"] != "none":
            delay = self.delay_ns(self.rank(item, attempt, DELAY_DRAW))
        fault, status = "none", 200
        if self.upto and self.upto[-1]:
            place = self.rank(item, attempt, FAULT_DRAW)
            for share, upto in zip(self.profile["faults"], self.upto):
                if place < upto:
                    fault = share["fault"]
                    status = share["status"] if fault == "status" else 200
                    break
        if status in (204, 304):
            size = 0
        rate = 0
        slow, fast = self.profile.get("rate", [0, 0])
        if fast and fault in ("none", "status"):
            rate = stratum(slow, fast + 1, self.rank(item, attempt, RATE_DRAW), self.items)
        return Fate(fault, status, size, delay, rate)


def noise() -> bytes:
    made = b"".join(mix(k).to_bytes(8, "little") for k in range(NOISE_PERIOD // 8))
    return made + made[:1 << 16]


_noise: bytes = b""


def body(item: int, size: int) -> bytes:
    """The first `size` bytes of an item's body, size <= 65536."""
    global _noise
    if not _noise:
        _noise = noise()
    start = mix(item, 0xB0D1E5) % NOISE_PERIOD
    return _noise[start:start + size]
