#!/usr/bin/env python3
"""A worker for `download` and `sleep_many` on threads, written from docs/worker_contract.md alone."""
# SPDX-License-Identifier: Apache-2.0
import argparse, http.client, json, mmap, os, socket, struct, sys, threading, time
M64 = 2**64 - 1
CRC = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    CRC.append(byte)

def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF

def mix(x, b=None):
    if b is not None:
        return mix(mix(x) ^ b)
    x = (x + 0x9E3779B97F4A7C15) & M64
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & M64
    x = (x ^ x >> 27) * 0x94D049BB133111EB & M64
    return x ^ x >> 31

def fetch(item, connection, argument, flags):
    connection.request("GET", f"/item/{argument}", headers={"Connection": "close"} if flags & 2 else {})
    reply = connection.getresponse()
    first_byte, body = time.monotonic_ns(), reply.read()
    outcome = 0 if 200 <= reply.status <= 299 else 1 if reply.status == 404 else 2
    sent = int(reply.getheader("X-Times", "0,0,0").split(",")[2])
    return first_byte, sent, mix(mix(item, outcome), reply.status << 32 | crc32c(body)), reply.status, outcome

def nap(item, wait, since):
    while (left := since + wait - time.monotonic_ns()) > 0:
        time.sleep(left / 1e9)
    return 0, 0, mix(item, 0), 0, 0

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--describe", action="store_true")
    for flag, kind in (("--point", str), ("--out", str), ("--tape", int), ("--inputs", int), ("--control", int)):
        parser.add_argument(flag, type=kind)
    asked = parser.parse_args()
    if asked.describe:
        return print(json.dumps({"schema": 1, "name": "python_threads", "family": "threads", "style": "blocking", "language": "Python", "library": sys.version.split()[0],
                                 "back_end": "blocking calls", "threads": "in_flight + 1", "capabilities": [], "workloads": ["download", "sleep_many"],
                                 "skips": {}, "policies": []}))
    point, control = json.load(open(asked.point)), socket.socket(fileno=asked.control).makefile("rw")
    tape, inputs = mmap.mmap(asked.tape, 0), mmap.mmap(asked.inputs, 0, prot=mmap.PROT_READ)
    items, lanes, go, order = point["items"], point["in_flight"], threading.Event(), iter(range(point["items"]))
    assert tape[:8] == b"ILTAPE\0\1" and struct.unpack_from("<II", tape, 8) == (64, items) and inputs[:8] == b"ILINPUT\1"
    connections = [http.client.HTTPConnection("127.0.0.1", point["port"]) for _ in range(lanes if point["workload"] == "download" else 0)]
    for connection in connections:
        connection.request("GET", "/ready")
        connection.getresponse().read()
    print("connected", file=control, flush=True)

    def lane(number):
        go.wait()
        for item in order:
            _, wait, _, argument, flags = struct.unpack_from("<qqQII", inputs, 64 + 32 * item)
            start = time.monotonic_ns()
            done = fetch(item, connections[number], argument, flags) if connections else nap(item, wait, begin if flags & 1 else start)
            first_byte, sent, digest, status, outcome = done
            struct.pack_into("<qqqqqQIHBBQ", tape, 64 + 64 * item, 0, start, first_byte, time.monotonic_ns(), sent, digest, number + 1, status, outcome, 1, 0)

    threads = [threading.Thread(target=lane, args=[number]) for number in range(lanes)]
    [thread.start() for thread in threads]
    print("ready", file=control, flush=True)
    assert control.readline() == "go\n"
    begin = time.monotonic_ns()
    struct.pack_into("<q", tape, 16, begin)
    go.set()
    [thread.join() for thread in threads]
    print("over", file=control, flush=True)
    assert control.readline() == "noted\n"
    json.dump({"claims": {"threads": lanes + 1, "processes": 1, "loops": 0, "come_and_go": True}, "cpu_run_ns": None}, open(asked.out, "w"))

main()
