#!/usr/bin/python3
"""Where `interleave report` begins: an environment that no user's settings reach, and a last line for what nobody foresaw.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import os
import sys
import traceback
import warnings
from importlib import import_module
from pathlib import Path

sys.dont_write_bytecode = True  # an installation may be read-only
sys.path.insert(0, str(Path(__file__).resolve().parent))

from console import complain  # noqa: E402
from surroundings import NoFolder, undisturbed_matplotlib  # noqa: E402

TELLS_MORE = "INTERLEAVE_TRACEBACK"
UNFORESEEN, INTERRUPTED = 2, 130


def in_one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def command_for(arguments: list[str]) -> str:
    """The module that does it: what `interleave trace --out` left is drawn by another one than a run."""
    given = [each for before, each in zip(["", *arguments], arguments) if before != "--out"]
    return "timeline" if any(os.path.isfile(os.path.join(each, "timeline.json")) for each in given) else "command"


def main(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")  # a path is printed as its bytes are
    wants_more = bool(os.environ.get(TELLS_MORE))
    if not wants_more:
        warnings.simplefilter("ignore")  # a library's, of which the reader of a report can make nothing
    try:
        name = command_for(arguments)  # before the folder is left for a moment
        with undisturbed_matplotlib():
            command = import_module(name)
        return command.main(arguments)
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except NoFolder as error:
        complain(str(error))
        return UNFORESEEN
    except Exception as error:  # no traceback for who only wants pictures
        complain(f"this should not have happened: {in_one_line(error)} ({TELLS_MORE}=1 shows where)")
        if wants_more:
            traceback.print_exc()
        return UNFORESEEN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
