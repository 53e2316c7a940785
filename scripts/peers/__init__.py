"""The parts of scripts/compare_peers: each measures one kind of row.

SPDX-License-Identifier: Apache-2.0
"""
