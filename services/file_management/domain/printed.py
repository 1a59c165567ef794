"""Text as it stands on paper: lines of words at their place, read back from a finished document."""

from collections.abc import Iterable
from dataclasses import dataclass

_SAME_LINE_PT = 1.5  # baselines nearer than this are one line; the smallest print is 6.6 pt


@dataclass(frozen=True, slots=True)
class Glyph:
    text: str
    x: float  # from the page's left edge, in points
    y: float  # of the baseline, from the page's bottom


@dataclass(frozen=True, slots=True)
class Line:
    y: float
    glyphs: tuple[Glyph, ...]  # from left to right

    def between(self, left: float, right: float) -> str:
        return "".join(glyph.text for glyph in self.glyphs if left <= glyph.x < right)

    @property
    def text(self) -> str:
        return "".join(glyph.text for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class PrintedPage:
    text: str  # in the document's own order, blanks removed
    lines: tuple[Line, ...]  # from the top down, blanks removed


def printed_page(glyphs: Iterable[Glyph]) -> PrintedPage:
    """Gather glyphs into lines. `text` keeps the order in which they were drawn."""
    drawn = [glyph for glyph in glyphs if not glyph.text.isspace()]
    rows: list[list[Glyph]] = []
    for glyph in sorted(drawn, key=lambda glyph: -glyph.y):
        if rows and rows[-1][0].y - glyph.y < _SAME_LINE_PT:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    lines = tuple(Line(row[0].y, tuple(sorted(row, key=lambda glyph: glyph.x))) for row in rows)
    return PrintedPage("".join(glyph.text for glyph in drawn), lines)


def squeeze(text: str) -> str:
    """Remove all blanks: where a line breaks on paper is no difference."""
    return "".join(text.split())
