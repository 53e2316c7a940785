"""Colours: readable on their ground, and families apart for those who see red and green alike.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from look import HERE, PALETTE, THEMES, Look
from plan_data import FAMILIES


@pytest.mark.parametrize("theme", THEMES)
def test_style_files_and_palette_agree(theme):
    text = (HERE / f"{theme}.mplstyle").read_text()
    assert f"axes.facecolor: {PALETTE[theme]['ground'][1:]}" in text
    assert f"text.color: {PALETTE[theme]['text'][1:]}" in text
    assert len(set(PALETTE[theme].values())) == len(PALETTE[theme]), "the page maps colours to roles"


def linear(color):
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2.1."""
    light, dark = sorted((float(np.dot([0.2126, 0.7152, 0.0722], linear(color))) for color in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in to_xyz @ rgb / np.array([0.95047, 1, 1.08883])]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen_by_deuteranopes(color):
    """Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency" (2009)."""
    matrix = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
    return lab(np.clip(matrix @ linear(color), 0, 1))


@pytest.mark.parametrize("theme", THEMES)
def test_families_stay_apart_for_deuteranopes(theme):
    for one, other in combinations(FAMILIES, 2):
        distance = np.linalg.norm(seen_by_deuteranopes(PALETTE[theme][one]) - seen_by_deuteranopes(PALETTE[theme][other]))
        assert distance >= 20, f"{one} and {other}: {distance:.1f}"


@pytest.mark.parametrize("theme", THEMES)
def test_text_and_marks_stand_out_from_the_ground(theme):
    colors = PALETTE[theme]
    assert contrast(colors["text"], colors["ground"]) >= 7
    assert contrast(colors["soft"], colors["ground"]) >= 4.5
    for role in (*FAMILIES, "void"):
        assert contrast(colors[role], colors["ground"]) >= (2.2 if role == "processes" else 3), role


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_tiles_can_be_read(theme):
    for family in FAMILIES:
        assert contrast(Look(theme).on(family), PALETTE[theme][family]) >= 4.5, family
