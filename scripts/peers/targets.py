"""What compare_peers measures by name and what is asked of it: data only, the one place of the scripts that spells workloads and models.

SPDX-License-Identifier: Apache-2.0
"""
DOWNLOADING = "download"  # the workload of all rows but the sleepers'
SLEEPING = "sleep_many"
DRIVERS = ("epoll_coroutines", "asio_callbacks", "uv_callbacks", "asio_coroutines")  # of the server, the cheapest first
TWINS = {"uv_callbacks": "native_uv", "asio_coroutines": "native_asio", "thread_pool": "native_threads"}  # model: the same without concepts
INSTRUCTIONS = {"uv_callbacks": 1.05, "asio_coroutines": 1.10}  # an item, beside the twin's
SLEEPERS = {"epoll_coroutines": (190, 0.8)}  # bytes and microseconds a task
