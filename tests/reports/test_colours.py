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


# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency" (2009), severity 1.
SIGHTS = {"all cones": np.eye(3),
          "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
          "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]])}


def seen(color, sight):
    return lab(np.clip(SIGHTS[sight] @ linear(color), 0, 1))


def ciede2000(one, other):
    """Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula" (2005); of two colours in L*a*b*."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1 + 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, stretch * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    hue = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (1 - 0.17 * np.cos(np.radians(hue - 30)) + 0.24 * np.cos(np.radians(2 * hue)) + 0.32 * np.cos(np.radians(3 * hue + 6)) - 0.2 * np.cos(np.radians(4 * hue - 63)))
    by_light = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    by_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    by_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    rotation = -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))) * 2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    return float(np.sqrt(by_light**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue))


@pytest.mark.parametrize(("one", "other", "known"), [  # of the paper's table of test data
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425), ((50, 2.5, 0), (73, 25, -18), 27.1492), ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((50, -1, 2), (50, 0, 0), 2.3669), ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082)])
def test_the_distance_is_the_published_one(one, other, known):
    assert ciede2000(one, other) == pytest.approx(known, abs=1e-4)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("theme", THEMES)
def test_families_stay_apart_in_every_eye(theme, sight):
    for one, other in combinations(FAMILIES, 2):
        distance = ciede2000(seen(PALETTE[theme][one], sight), seen(PALETTE[theme][other], sight))
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
