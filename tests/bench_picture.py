"""The growth of a build as a picture: CPU seconds by entries, both on logarithmic scales, as a small SVG."""

import math
from collections.abc import Mapping, Sequence
from html import escape

TITLE = "CPU seconds of a build by number of entries"
WIDTH, HEIGHT = 720, 460
LEFT, RIGHT, TOP, BOTTOM = 64, 236, 56, 52
LABEL_STEP = 16
HUES = ("#0a6ed1", "#0b8457", "#b35900", "#c2255c", "#7048c6", "#5c6770", "#8a6d00", "#1f8a9e")
DASHES = ("", "7 3", "2 3", "10 3 2 3")
STYLE = """\
text{font:13px system-ui,sans-serif;fill:#1f2328}.grid{stroke:#1f2328;stroke-opacity:.15}
rect{fill:#fff}@media(prefers-color-scheme:dark){rect{fill:#0d1117}text{fill:#e6edf3}.grid{stroke:#e6edf3}
.line{filter:brightness(1.5)}}"""

Points = Sequence[tuple[float, float]]


def draw(lines: Mapping[str, Points]) -> str:
    """The picture; what it shows also stands in its description as numbers, for those who do not see it."""
    points = [point for line in lines.values() for point in line]
    across = _Scale([x for x, _ in points], LEFT, WIDTH - RIGHT)
    up = _Scale([y for _, y in points], HEIGHT - BOTTOM, TOP)
    said = "; ".join(f"{name}: " + ", ".join(f"{y:.2f} s at {x:g}" for x, y in line) for name, line in lines.items())
    named = 'aria-labelledby="title desc"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {named}>',
            f'<title id="title">{TITLE}</title>',
            f'<desc id="desc">{escape(said)}.</desc>',
            f"<style>{STYLE}</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}"/>',
            f'<text x="{LEFT}" y="24">CPU seconds (logarithmic)</text>',
            f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 10}" text-anchor="end">entries (logarithmic)</text>',
            *_grid(across, up, sorted({x for x, _ in points})),
            *_drawn(lines, across, up),
            "</svg>\n",
        ]
    )


class _Scale:
    """A logarithmic scale: from numbers to places on the picture."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self.low, self.high = math.log10(min(values)), math.log10(max(values))
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        part = (math.log10(value) - self.low) / ((self.high - self.low) or 1)
        return round(self.start + part * (self.end - self.start), 1)

    def steps(self) -> list[float]:
        """Round numbers within the scale: 1, 2 and 5 times a power of ten."""
        powers = range(math.floor(self.low), math.ceil(self.high) + 1)
        steps = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
        return [step for step in steps if self.low <= math.log10(step) <= self.high]


def _grid(across: _Scale, up: _Scale, sizes: Sequence[float]) -> list[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = []
    for x in sizes:
        parts.append(f'<path class="grid" d="M{across(x)} {TOP}V{bottom}"/>')
        parts.append(f'<text x="{across(x)}" y="{bottom + 18}" text-anchor="middle">{x:g}</text>')
    for y in up.steps():
        parts.append(f'<path class="grid" d="M{LEFT} {up(y)}H{right}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{up(y) + 4}" text-anchor="end">{y:g}</text>')
    return parts


def _drawn(lines: Mapping[str, Points], across: _Scale, up: _Scale) -> list[str]:
    """Each line with its name at its end; names that would touch are moved apart."""
    parts = []
    lowest = -math.inf
    for name, line in sorted(lines.items(), key=lambda item: -item[1][-1][1]):
        number = list(lines).index(name)
        hue, dash = HUES[number % len(HUES)], DASHES[number % len(DASHES)]
        places = [(across(x), up(y)) for x, y in line]
        path = " ".join(f"{x},{y}" for x, y in places)
        look = f'class="line" stroke="{hue}" stroke-dasharray="{dash}"'
        parts.append(f'<polyline {look} points="{path}" fill="none" stroke-width="2"/>')
        parts += [f'<circle class="line" cx="{x}" cy="{y}" r="3" fill="{hue}"/>' for x, y in places]
        lowest = max(places[-1][1] + 4, lowest + LABEL_STEP)
        x = WIDTH - RIGHT + 12
        parts.append(f'<path {look} d="M{x} {lowest - 4}h18" stroke-width="3"/>')
        parts.append(f'<text x="{x + 24}" y="{lowest}">{escape(name)}</text>')
    return parts
