"""The judge of the tape catches the lies that it can tell; the rest is for the harness, which has ledger and census."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from measured_server import BUILD, DELAY, Server, Trial, point, profile

LYING = BUILD / "tests/lying"
LOAD = dict(items=60, in_flight=6, of=profile(DELAY, [("status", 418, 500_000)]))
CAUGHT_BY_THE_ORACLE = {
    "wrong_body": "item 3: the digest of its content is",
    "dropped_item": "item 3: no outcome",
    "doubled_item": "item 3: finished 2 times",
    "swallowed_error": "expected HTTP_ERROR, came to OK",
}


@pytest.fixture(scope="module")
def server():
    it = Server()
    yield it
    it.stop()


@pytest.mark.parametrize("lie", CAUGHT_BY_THE_ORACLE)
def test_the_oracle_catches(server, tmp_path, lie):
    trial = Trial(LYING / lie, point("download", server, **LOAD), tmp_path, server)
    assert trial.status == 1
    assert trial.checks == {"oracle"}
    assert CAUGHT_BY_THE_ORACLE[lie] in trial.stderr


def test_an_early_waker_is_caught(tmp_path):
    trial = Trial(LYING / "early_waker", point("sleep_many", None, items=20, in_flight=4,
                                               parameters={"least": "5ms", "most": "9ms"}), tmp_path)
    assert trial.status == 1
    assert "came to TRUNCATED" in trial.stderr


@pytest.mark.parametrize("lie", ["honest", "lower_concurrency", "wrong_label", "fewer_threads"])
def test_the_others_do_the_same_work(server, tmp_path, lie):
    trial = Trial(LYING / lie, point("download", server, **LOAD), tmp_path, server)
    assert trial.status == 0, trial.stderr
    assert trial.ledger["peak_in_flight"] == (3 if lie == "lower_concurrency" else 6)


CHAIN = dict(items=60, in_flight=6, of=profile(DELAY, [("status", 404, 250_000)]))


@pytest.mark.parametrize("lie", ["honest", "asks_regardless", "asks_backwards", "made_up_reply"])
def test_the_ledger_sees_what_is_asked_after_what(server, tmp_path, lie):
    """The oracle is content with each of them: outcomes, contents and times are what they should be."""
    trial = Trial(LYING / lie, point("download_chain", server, **CHAIN), tmp_path, server, ids=120)
    assert trial.status == 0, trial.stderr
    asked = trial.json["requests"]
    right = (asked["unique"], asked["total"], trial.json["fingerprint"])
    seen = tuple(trial.ledger[key] for key in ("unique", "requests", "fingerprint"))
    assert (seen == right) == (lie == "honest"), (seen, right)
    if lie == "made_up_reply":
        assert seen[0] == 60
    elif lie != "honest":
        assert seen[0] == asked["ids"] == 120


@pytest.mark.parametrize("lie", ["honest", "impatient"])
def test_the_ledger_sees_who_comes_too_soon(server, tmp_path, lie):
    of = profile(DELAY, [("status", 503, 100_000)], retry_after_s=1)
    trial = Trial(LYING / lie, point("retry", server, items=20, in_flight=2, of=of), tmp_path, server)
    assert trial.status == 0, trial.stderr
    assert trial.ledger["fingerprint"] == trial.json["fingerprint"]
    assert trial.ledger["early_retries"] == (0 if lie == "honest" else 2)


@pytest.mark.parametrize("lie", ["honest", "never_asks", "only_over_tcp"])
def test_the_ledger_sees_who_asks_for_names(server, tmp_path, lie):
    """The oracle is content with who makes the answers up: outcomes, addresses and times are what they should be."""
    of = profile(DELAY, [("hang", 200, 100_000), ("truncate", 200, 200_000)])
    trial = Trial(LYING / lie, point("resolve", server, items=40, in_flight=4, timeout_us=200_000, of=of), tmp_path, server)
    asked = (trial.json["requests"]["total"], trial.json["fingerprint"])
    assert (trial.status == 0) == (lie != "only_over_tcp"), trial.stderr
    assert ((trial.ledger["requests"], trial.ledger["fingerprint"]) == asked) == (lie == "honest")
    if lie == "never_asks":
        assert trial.ledger["requests"] == 0


def test_the_ledger_sees_dropped_and_doubled_requests(server, tmp_path):
    dropped = Trial(LYING / "dropped_item", point("download", server, **LOAD), tmp_path, server)
    assert dropped.ledger["missing"] == 1
    doubled = Trial(LYING / "doubled_item", point("download", server, **LOAD), tmp_path, server)
    assert doubled.ledger["duplicates"] == 1
