"""Makes a chart's SVG fit to stand in the page: small, without links, coloured by the page, spoken by screen readers.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import re

from markupsafe import Markup, escape

from look import PALETTE

DOTS = re.compile(r'<g id="rounds:[^"]*">\s*(<defs>.*?</defs>\s*)?<g( clip-path="[^"]*")?>\s*((?:<use [^>]*/>\s*)+)</g>\s*</g>', re.S)
MARKER = re.compile(r'<path id="(m[0-9a-f]+)" d="M 0 ([0-9.]+) \s*C ', re.S)  # a circle, and its radius
USE = re.compile(r'<use xlink:href="#([^"]*)" x="([^"]*)" y="([^"]*)" style="fill: ([^;"]*); fill-opacity: ([^"]*)"/>')

LONG = re.compile(r"\d+\.\d{3,}")


def short_number(found: re.Match) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")


def inline_svg(prefix: str, title: str, about: str, svg: str, ground: str = "light") -> str:
    """The SVG element alone. `prefix` keeps its ids apart from other charts'; `ground` is the theme it was drawn in."""
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.S)
    svg = own_ids(prefix, dots_as_paths(svg))
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg)
    svg = re.sub(r"<[^>]*>", lambda tag: LONG.sub(short_number, tag[0]), svg)  # in tags alone: text is text
    svg = re.sub(r"\s*\n\s*", "\n", svg)
    for role, color in PALETTE[ground].items():
        svg = svg.replace(color, f"var(--{role})")
    head_end = svg.index(">") + 1
    view_box = re.search(r'viewBox="[^"]*"', svg[:head_end]).group(0)
    words = f'<title id="{prefix}-title">{escape(title)}</title><desc id="{prefix}-desc">{escape(about)}</desc>'
    return f'<svg {view_box} role="img" aria-labelledby="{prefix}-title {prefix}-desc">{words}{svg[head_end:]}'


UPRIGHT = re.compile(r' transform="rotate\(-0 [^"]*\)"')
STYLED = re.compile(r'<(?![^>]* class=)([^>]*?) style="([^"]*)"([^>]*)>')


class Styles:
    """What elements of all pictures of a page have in common, once: half of the bytes of a picture are its styles."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def shared(self, svg: str) -> str:
        """The picture with classes in place of styles."""
        return STYLED.sub(lambda found: f'<{found[1]} class="{self._names.setdefault(found[2], f"s{len(self._names)}")}"{found[3]}>', UPRIGHT.sub("", svg))

    def css(self) -> str:
        return "\n".join(f".{name} {{ {style} }}" for style, name in self._names.items())


def title_of(svg: str) -> str:
    """The title sentence as it is drawn."""
    begin = svg.find('<g id="title">')
    words = re.findall(r"<text[^>]*>(.*?)</text>", svg[begin:end_of_group(svg, begin)], re.S) if begin >= 0 else []
    return " ".join(Markup(word).unescape() for word in words)


def end_of_group(svg: str, begin: int) -> int:
    """Where the group that opens at `begin` is closed."""
    depth = 0
    for tag in re.finditer(r"<g\b[^>]*?(/?)>|</g>", svg[begin:]):
        depth += -1 if tag[0] == "</g>" else 0 if tag[1] else 1
        if depth == 0:
            return begin + tag.end()
    return len(svg)


def own_ids(prefix: str, svg: str) -> str:
    """Short ids for what is referred to, none for the rest."""
    wanted = list(dict.fromkeys(re.findall(r'(?:url\(#|href="#)([^")]+)', svg)))
    short = {name: f"{prefix}-{number}" for number, name in enumerate(wanted)}
    svg = re.sub(r' id="([^"]*)"', lambda found: f' id="{short[found[1]]}"' if found[1] in short else "", svg)
    svg = re.sub(r"url\(#([^)]*)\)", lambda found: f"url(#{short[found[1]]})", svg)
    return re.sub(r'xlink:href="#([^"]*)"', lambda found: f'href="#{short[found[1]]}"', svg)


def dots_as_paths(svg: str) -> str:
    """The rounds of a cell as one path of points with round caps: a tenth of the bytes of as many elements."""
    radius = {name: float(size) for name, size in MARKER.findall(svg)}

    def path(found: re.Match) -> str:
        uses = USE.findall(found[3])
        if len(uses) != found[3].count("<use") or len({(use[0], *use[3:]) for use in uses}) != 1 or uses[0][0] not in radius:
            return found[0]
        marker, _, _, color, opacity = uses[0]
        points = "".join(f"M{float(x):.1f} {float(y):.1f}h0" for _, x, y, _, _ in uses)
        style = f"fill: none; stroke: {color}; stroke-opacity: {opacity}; stroke-width: {2 * radius[marker]:g}; stroke-linecap: round"
        return f'{found[1] or ""}<path{found[2] or ""} class="rounds" d="{points}" style="{style}"/>'

    return DOTS.sub(path, svg)
