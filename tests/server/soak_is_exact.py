"""The soak, for seconds: rounds of the hostile profile whose ledgers are exact though clients give up at random.

SPDX-License-Identifier: Apache-2.0
"""
from soak import soak


def test_a_short_soak_is_exact(capsys):
    assert soak(seconds=0, connections=50, items=600, abort=0.2) == 3
    assert "round 3: 600 items" in capsys.readouterr().out
