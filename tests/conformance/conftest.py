"""What the conformance tests share.

SPDX-License-Identifier: Apache-2.0
"""
import pytest

from measured_server import Server


@pytest.fixture(scope="module")
def server():
    it = Server()
    yield it
    it.stop()
