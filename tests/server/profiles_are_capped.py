"""What a profile asks of one reply has the limits that an explicit fate has: a reply of one-byte chunks is six bytes of memory for each of its
own, and a gibibyte of it once ended the server.

SPDX-License-Identifier: Apache-2.0
"""
import subprocess

import pytest

from wire import PROGRAM, WAIT, plain_profile

ONE_BYTE_CHUNKS = [{"fault": "chunk_bytes", "ppm": 1}]
FIXED = {"kind": "fixed", "low_us": 300_000_000}


@pytest.mark.parametrize("named, changes", [
    ("bytes", {"bytes": [1, (1 << 20) + 1], "faults": ONE_BYTE_CHUNKS}), ("bytes", {"bytes": [1 << 30, 1 << 30], "faults": ONE_BYTE_CHUNKS}),
    ("bytes", {"bytes": [0, (1 << 30) + 1]}), ("bytes", {"bytes": [(1 << 32) - 1, (1 << 32) - 1]}),
    ("rate", {"bytes": [0, 301], "rate": [1, 100]}), ("rate", {"bytes": [2, 2], "rate": [1, 1], "delay": FIXED}),
    ("rate", {"bytes": [2, 2], "rate": [1, 1], "delay": {"kind": "trace", "trace_us": [300_000_000, 1]}}), ("retry_after_s", {"retry_after_s": 301}),
])
def test_what_one_reply_may_not_be_is_refused_in_a_sentence(server, named, changes):
    status, answer = server.control("POST", "/begin", {"run": "r", "seed": 1, "items": 1, "in_flight": 1, "profile": plain_profile(**changes)})
    assert status == 400 and named in answer["error"] and "\n" not in answer["error"]
    assert server.state()["run"] is None


@pytest.mark.parametrize("changes", [
    {"bytes": [1, 1 << 20], "faults": ONE_BYTE_CHUNKS}, {"bytes": [1 << 30, 1 << 30]}, {"bytes": [0, 300], "rate": [1, 100]}, {"delay": FIXED}, {"retry_after_s": 300},
])
def test_what_it_may_be_just_so_is_taken(server, changes):
    server.begin(plain_profile(**changes), items=1)
    server.end()


def test_a_mebibyte_in_one_byte_chunks_arrives(server):
    server.begin(plain_profile(bytes=[1 << 20, 1 << 20], faults=[{"fault": "chunk_bytes", "ppm": 1_000_000}]), items=1)
    assert len(server.ask("/item/0").body) == (6 << 20) + 5
    server.end()


def test_the_command_line_has_the_same_limit():
    result = subprocess.run([*PROGRAM, "--profile", "remote", "--time-scale", "150"], capture_output=True, text=True, timeout=WAIT)
    assert result.returncode == 2 and "300 s" in result.stderr and result.stderr.count("\n") == 1
