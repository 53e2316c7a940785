"""One server for the tests that leave it as they found it. SPDX-License-Identifier: Apache-2.0"""
import pytest

from wire import Server


@pytest.fixture(scope="module")
def server():
    with Server() as started:
        yield started
