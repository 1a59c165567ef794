"""The result table as it stands on paper: rows and columns found from where the text is, not from how it was made."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.file_management.domain.printed import Line, PrintedPage, squeeze

COLUMNS = tuple(
    squeeze(text) for text in ("Exame", "Resultado", "Unidade", "Valores de referência", "Situação")
)
_HEADINGS = "".join(COLUMNS)
_END_OF_RESULTS = squeeze("Fim dos resultados")
_SLACK_PT = 1.0
_FAR_RIGHT = 1e6

Edges = tuple[float, ...]


@dataclass(slots=True)
class PaperRow:
    """One row's cells, blanks removed."""

    name: str = ""
    value: str = ""
    unit: str = ""
    reference: str = ""
    flag: str = ""
    value_and_unit: str = ""  # results without a unit may run into the unit's column

    def take(self, line: Line, edges: Edges) -> None:
        cells = [
            line.between(left, right) for left, right in zip(edges, (*edges[1:], _FAR_RIGHT), strict=True)
        ]
        self.name += cells[0]
        self.value += cells[1]
        self.unit += cells[2]
        self.reference += cells[3]
        self.flag += cells[4]
        self.value_and_unit += cells[1] + cells[2]


def paper_rows(pages: Sequence[PrintedPage], names: Sequence[str], footer: str) -> list[PaperRow] | None:
    """Cut the table, over all its pages, into rows where the names begin, in their order.

    `names` and `footer` (how the line under the page begins) are squeezed. None when the table does not hold
    exactly these names in this order, or does not end with its closing line.
    """
    lines = _table_lines(pages, footer)
    if lines is None:
        return None
    rows: list[PaperRow] = []
    for line, edges in lines:
        begins = bool(line.between(edges[0], edges[1]))
        if begins and (not rows or rows[-1].name == names[len(rows) - 1]):
            if len(rows) == len(names):
                return None
            rows.append(PaperRow())
        if not rows:
            return None
        rows[-1].take(line, edges)
    return rows if [row.name for row in rows] == list(names) else None


def _table_lines(pages: Sequence[PrintedPage], footer: str) -> list[tuple[Line, Edges]] | None:
    """Return the lines under the column headings, page after page, up to the closing line; None without one."""
    found: list[tuple[Line, Edges]] = []
    for page in pages:
        edges: Edges | None = None
        for line in page.lines:
            if edges is None:
                edges = _edges(line)
            elif line.text.startswith(_END_OF_RESULTS):
                return found
            elif line.text.startswith(footer):
                break
            else:
                found.append((line, edges))
    return None


def _edges(line: Line) -> Edges | None:
    """Return the columns' left edges when `line` is the line of headings."""
    if line.text != _HEADINGS:
        return None
    edges, position = [], 0
    for heading in COLUMNS:
        edges.append(line.glyphs[position].x - _SLACK_PT)
        position += len(heading)
    return tuple(edges)
