"""A headless Chromium that is spoken to through a pipe: pages are opened, clicked, typed at, measured and pictured, and what it says or asks of the network is kept.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

CHROMIUM = ["/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe"]
PATIENCE = 120  # seconds: the machine may be busy
KEYS = {"Tab": 9, "Enter": 13, " ": 32}

# Chromium reads at descriptor 3 and writes at 4.
AT_3_AND_4 = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"


def high_pipe() -> tuple[int, int]:
    """Its ends are far from 3 and 4, or one would be closed as the other takes its place."""
    low = os.pipe()
    ends = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in low)
    for end in low:
        os.close(end)
    return ends


class Browser:
    """One page at a time. `complaints` are its console's errors and exceptions, `requests` the URLs it asked for."""

    def __init__(self, folder: Path) -> None:
        to_read, self._to = high_pipe()
        self._from, to_write = high_pipe()
        arguments = [*CHROMIUM, f"--user-data-dir={folder / 'profile'}", "about:blank"]
        self._process = subprocess.Popen([sys.executable, "-c", AT_3_AND_4, str(to_read), str(to_write), *arguments], pass_fds=(to_read, to_write),
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self._held, self._number = b"", 0
        self._session: str | None = None
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.events: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        os.close(self._to)
        self._process.terminate()
        self._process.wait(PATIENCE)
        os.close(self._from)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters, **({"sessionId": self._session} if self._session else {})}
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            said = self._next()
            if said.get("id") == self._number:
                assert "error" not in said, said
                return said["result"]
            self._take(said)

    def wait_for(self, event: str) -> None:
        while event not in self.events:
            self._take(self._next())

    def wait_for_event(self, event: str, holds) -> None:
        """Until one comes of which that holds."""
        while True:
            said = self._next()
            self._take(said)
            if said.get("method") == event and holds(said["params"]):
                return

    def _next(self) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._held:
            ready, _, _ = select.select([self._from], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, "the browser says nothing"
            part = os.read(self._from, 1 << 16)
            assert part, "the browser ended"
            self._held += part
        line, self._held = self._held.split(b"\0", 1)
        return json.loads(line)

    def _take(self, said: dict[str, Any]) -> None:
        method, told = said.get("method", ""), said.get("params", {})
        self.events.append(method)
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(told["exceptionDetails"])[:500])
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning"):
            self.complaints.append(json.dumps(told["args"])[:500])
        elif method == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.complaints.append(told["entry"]["text"])

    def open(self, url: str, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        for address in ("about:blank", url):  # or another place of the same page would not be loaded anew
            self.events.clear()
            self.call("Page.navigate", url=address)
            self.wait_for("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """What the expression comes to, as JSON has it."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        text = {"Enter": "\r", " ": " "}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code={" ": "Space"}.get(key, key), windowsVirtualKeyCode=KEYS[key],
                      **({"text": text} if text and kind == "keyDown" else {}))

    def click(self, selector: str) -> None:
        """In the middle of the element, with a mouse."""
        box = self.run(f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}}); const b = e.getBoundingClientRect();"
                       "return [b.x + Math.min(b.width / 2, 40), b.y + b.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def picture(self, file: Path, whole: bool = False) -> None:
        taken = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(taken["data"]))
