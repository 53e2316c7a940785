"""The golden fates are what the Python oracle deals; tests/unit/server checks that C++ deals the same.

`/usr/bin/python3 tests/server/fates_are_what_the_oracle_says.py` writes them anew.
SPDX-License-Identifier: Apache-2.0
"""
import json
import pathlib

import pytest

import oracle
from wire import Server, delayed, plain_profile

GOLDEN = pathlib.Path(__file__).with_name("golden_fates.json")
FAULTS = [{"fault": "status", "status": 418, "ppm": 120_000}, {"fault": "hang", "status": 200, "ppm": 10_000}]


def delay(kind: str, low: int, high: int, **more) -> dict:
    return {"kind": kind, "low_us": low, "high_us": high, "sigma": 0, "shape": 0, "trace_us": []} | more


PROFILES = [
    plain_profile(),
    plain_profile(delay=delayed(50_000, 500_000), bytes=[1024, 4096], faults=FAULTS),
    plain_profile(delay=delay("fixed", 100_000, 100_000)),
    plain_profile(delay=delay("lognormal", 80_000, 2_000_000, sigma=0.4), bytes=[1024, 65536], rate=[262_144, 4_194_304]),
    plain_profile(delay=delay("bimodal", 1_000, 1_000_000, shape=0.1)),
    plain_profile(delay=delay("pareto", 1_000, 10_000_000, shape=1.5)),
    plain_profile(delay=delay("trace", 0, 0, trace_us=[700, 30, 5_000, 80])),
    oracle.hostile(),
]


def vectors() -> list[dict]:
    made = []
    for number, profile in enumerate(PROFILES):
        seed, items = number * 1_000_003 + 7, 400 + 97 * number
        fates = oracle.Fates(profile, seed, items)
        rows = []
        for item in [*range(0, items, 3), items]:
            for attempt in (0, 1):
                fate = fates.of(item, attempt)
                rows.append([item, attempt, fate.fault, fate.status, fate.bytes, fate.delay_ns, fate.rate,
                             f"{fate.fingerprint(item, attempt):016x}"])
        made.append({"profile": profile, "seed": seed, "items": items, "fates": rows})
    return made


def test_the_golden_fates_are_the_oracles():
    golden = json.loads(GOLDEN.read_text())
    assert sum(len(each["fates"]) for each in golden) >= 1000
    assert golden == vectors()


def test_quotas_and_sums_do_not_depend_on_the_seed():
    def sums(seed: int) -> tuple:
        fates = [oracle.Fates(PROFILES[1], seed, 1000).of(item) for item in range(1000)]
        return sum(f.delay_ns for f in fates), sum(f.bytes for f in fates), sorted(f.fault + str(f.status) for f in fates)

    assert sums(1) == sums(2)


def test_the_server_deals_them_on_the_wire():
    profile = plain_profile(delay=delayed(0, 1000), bytes=[0, 300], faults=FAULTS[:1])
    fates = oracle.Fates(profile, 11, 60)
    with Server() as server:
        server.begin(profile, 60, seed=11)
        for item in range(60):
            got = server.ask(f"/item/{item}")
            assert (got.status, got.body) == (fates.of(item).status, oracle.body(item, fates.of(item).bytes))
        assert server.end()["fingerprint"] == f"{sum(fates.of(i).fingerprint(i) for i in range(60)) & oracle.WORD:016x}"


@pytest.mark.parametrize("spread", [
    delay("fixed", 3_000, 3_000), delay("uniform", 0, 9_000), delay("lognormal", 3_000, 12_000, sigma=0.8),
    delay("bimodal", 1_000, 9_000, shape=0.25), delay("pareto", 1_000, 12_000, shape=1.2), delay("trace", 0, 0, trace_us=[700, 5_000, 80]),
], ids=lambda spread: spread["kind"])
def test_each_kind_of_delay_is_waited_out(spread):
    profile, items = plain_profile(delay=spread), 24
    fates = oracle.Fates(profile, 5, items)
    with Server() as server:
        server.begin(profile, items, seed=5)
        for item in range(items):
            parsed, due, written = (int(t) for t in server.ask(f"/item/{item}").fields("X-Times")[0].split(","))
            assert due - parsed == fates.of(item).delay_ns and written >= due
        assert server.end()["lateness_ns"]["early"] == 0
    assert len({fates.of(item).delay_ns for item in range(items)}) >= (1 if spread["kind"] == "fixed" else 2)


if __name__ == "__main__":
    text = ",\n".join(json.dumps(each).replace(" [", "\n[").replace('"fates": \n[', '"fates": [') for each in vectors())
    GOLDEN.write_text(f"[{text}]\n")
