"""What the command prints: to stdout, and its one line on stderr.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import os
import sys


def say(text: str) -> None:
    """One print to stdout. What cannot be written there is forgotten, or Python would complain once more at its end."""
    try:
        print(text, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OSError(error.errno, error.strerror, "to stdout") from None


def complain(words: str) -> None:
    """One line on stderr, if there is one: where it was closed, Python has none, and its number may be a file's."""
    if sys.stderr is None:
        return
    try:
        print(f"interleave report: {words}", file=sys.stderr, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
