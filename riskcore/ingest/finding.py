"""Finding an export in a file: its format, its header, and the rows that belong to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from riskcore.ingest.format import Follows, Format, place_of, plain_names
from riskcore.ingest.formats import formats
from riskcore.ingest.refusals import Refusal, UnreadableFile, shown
from riskcore.ingest.sheets import Row, Sheet, sheets_of

DEPTH = 64
"""Rows in which a header is looked for, or the title of a section that may lead to one."""

MAX_COLUMNS = 64
TOTALS = {"total", "totals", "total:", "subtotal", "sum", "summe", "totale"}


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was recognised: `header` as written, `names` plain, the rows above it."""

    format: Format
    sheet: Sheet
    place: int
    header: tuple[str, ...]
    names: tuple[str, ...]
    above: tuple[str, ...]

    def place_of(self, wanted: Sequence[str]) -> int | None:
        """Where a column stands."""
        return place_of(self.names, wanted)

    def called(self, wanted: Sequence[str]) -> str:
        """What the file calls a column; "" where it has none."""
        place = self.place_of(wanted)
        return "" if place is None else self.header[place]


def find_export(data: bytes) -> Export | None:
    """The export in a file; of several in one, that which tells the balance after each row.

    Raises UnreadableFile where a file holds no rows at all.
    """
    sheets = sheets_of(data)
    for sheet in sheets:
        try:
            found = list(_exports(sheet))
        except UnreadableFile:
            if len(sheets) == 1:
                raise
            continue  # it is split by another mark than it is written with
        ledgers = [export for export in found if export.format.follows is not Follows.TRADES]
        if found:
            return (ledgers or found)[0]
    return None


def _exports(sheet: Sheet) -> Iterator[Export]:
    titles = {title for one in formats() for title in one.ends} | {"deals", "closed transactions:"}
    above: list[str] = []
    has_sections = False
    for place, (_, _, cells) in enumerate(sheet.rows()):
        if place >= DEPTH and not has_sections:
            return
        first = next(filter(None, cells)).casefold()
        has_sections |= first in titles
        if place < DEPTH:
            above.append(" ".join(filter(None, cells)).replace("\xa0", " "))
        if not 3 <= len(cells) <= MAX_COLUMNS or (place >= DEPTH and any(map(_is_number, cells))):
            continue
        names = tuple(plain_names(cells))
        for one in formats():
            if one.is_header(names):
                header = tuple(" ".join(cell.split()) for cell in cells)
                yield Export(one, sheet, place, header, names, tuple(above[:-1]))


def _is_number(cell: str) -> bool:
    return cell[:1].isdigit()


@dataclass(slots=True)
class Table:
    """The rows of an export, and what stands around them.

    `left_out`: lines that are no rows, by what they are; `after`: the rows below the table.
    """

    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    after: list[Row] = field(default_factory=list)


def table_of(export: Export) -> Table:
    """The rows below the header up to the next section; may raise UnreadableFile."""
    table = Table()
    is_over = False
    for place, row in enumerate(export.sheet.rows()):
        if place <= export.place:
            continue
        is_over = is_over or _ends(export.format, row[2])
        if is_over:
            table.after.append(row)
        else:
            _sort_row(export, row, table)
    if export.place:
        table.left_out["lines above the header"] += export.place
    if table.after:
        table.left_out["lines of other sections"] += len(table.after)
    return table


def _ends(form: Format, cells: list[str]) -> bool:
    written = [cell for cell in cells if cell]
    first = written[0].casefold()
    return first in form.ends and (len(written) == 1 or first.endswith(":"))


def _sort_row(export: Export, row: Row, table: Table) -> None:
    """A row of the table, a line that is none, or one whose shape is wrong."""
    first, last, cells = row
    width = len(export.names)
    while len(cells) > width and not cells[-1]:
        cells.pop()
    if export.sheet.is_ragged:
        cells += [""] * (width - len(cells))
    if tuple(plain_names(cells)) == export.names:
        table.left_out["repeated headers"] += 1
    elif what := _no_row(export, cells):
        table.left_out[what] += 1
    elif len(cells) == width and first == last:
        table.rows.append(row)
    else:
        reason = f"has {len(cells)} cells, the header has {width}"
        if first != last:
            reason = f"runs over lines {first} to {last}: a cell has a line break or a stray quote"
        table.refusals.append(Refusal(first, "", shown(", ".join(cells)), reason))


def _no_row(export: Export, cells: list[str]) -> str:
    """What a line is that is no row of this table; "" when it is one."""
    form = export.format
    telling = [export.place_of(names) for names in (form.account, form.time, form.key, form.kind)]
    said = [cells[place] for place in telling if place is not None and place < len(cells)]
    if not any(said) or cells[0].casefold() in TOTALS:
        return "lines of totals or remarks"
    kind = export.place_of(form.kind)
    if kind is not None and kind < len(cells) and cells[kind].casefold() in form.skipped:
        return "orders that were not filled"
    return ""
