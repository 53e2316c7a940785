"""A folder for Matplotlib where it cannot make its own, as for a user without a home: it would complain on every run.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def give_matplotlib_a_folder() -> None:
    """Call before Matplotlib is imported. Sets MPLCONFIGDIR to a folder that goes with the process, unless none is needed."""
    bases = (os.environ.get("XDG_CONFIG_HOME") or "~/.config", os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    if os.environ.get("MPLCONFIGDIR") or all(can_have_folder(Path(os.path.expanduser(base))) for base in bases):
        return
    os.environ["MPLCONFIGDIR"] = tempfile.mkdtemp(prefix="interleave-report-")
    atexit.register(shutil.rmtree, os.environ["MPLCONFIGDIR"], ignore_errors=True)


def can_have_folder(base: Path) -> bool:
    try:
        (base / "matplotlib").mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(base / "matplotlib", os.W_OK)
