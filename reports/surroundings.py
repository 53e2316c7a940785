"""Matplotlib as it comes: without the user's settings and styles, and with a folder where it cannot make its own.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Iterator


class NoFolder(Exception):
    """There is no place for Matplotlib's cache; the text says what to do."""


@contextlib.contextmanager
def undisturbed_matplotlib() -> Iterator[None]:
    """Import Matplotlib inside. It reads a matplotlibrc of the folder it is started in before any other, so that is left for the
    moment; settings of the environment give way to none."""
    os.environ["MATPLOTLIBRC"] = os.devnull
    os.environ.pop("MPLBACKEND", None)
    os.environ["MPLCONFIGDIR"] = str(folder())
    with elsewhere(Path(__file__).resolve().parent):
        yield


def folder() -> Path:
    """The one where Matplotlib keeps its cache of fonts anyway, which has no settings in it; else one that goes with the process."""
    cache = Path(os.path.expanduser(os.environ.get("XDG_CACHE_HOME") or "~/.cache")) / "matplotlib"
    if cache.is_absolute() and can_be_used(cache):
        return cache
    try:
        made = tempfile.mkdtemp(prefix="interleave-report-")
    except OSError as error:
        raise NoFolder(f"Matplotlib needs a folder for its cache, but {cache} cannot be written to, and there is no other: "
                       f"{error.strerror}; set TMPDIR to a folder that can") from None
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def can_be_used(cache: Path) -> bool:
    if (cache / "matplotlibrc").exists() or (cache / "stylelib").exists():  # it is somebody's folder of settings as well
        return False
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):  # root may write to what a read-only file system refuses
            return True
    except OSError:
        return False


@contextlib.contextmanager
def elsewhere(place: Path) -> Iterator[None]:
    try:
        before = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    except OSError:  # it is gone, or not ours to read: there is nothing to come back to
        yield
        return
    try:
        os.chdir(place)
        yield
    finally:
        os.fchdir(before)
        os.close(before)
