"""The lines of a page -> its text, in the order in which a person reads it.

That is the order in which the file draws them, but for columns that it draws row by row, and for
form fields, which it draws after all else.
"""

from collections.abc import Iterator, Sequence

from index.sources.pdf.contents import ACROSS, COLUMN
from index.sources.pdf.form_fields import SIGNS
from index.sources.pdf.lines import Line, Piece

MIN_ROWS = 3
"""Fewer rows are no columns."""

MAX_COLUMNS = 8

MAX_LEADING = 1.0
"""Rows of columns have less than this many of their heights between them."""

MIN_WIDTH = 6.0
MIN_FILL = 0.6
"""The lines of a column of prose are at least so many of their heights wide on average, and reach
so far across their column; the cells of a table do not."""

MIN_LOWER = 0.25
"""At least this share of those that begin with a letter go on in lower case."""

Row = list[Line]
"""Lines side by side, which the file draws one after the other from left to right."""


class _Column:
    """Lines below each other, by the number of their row; `left` and `right` in points."""

    def __init__(self, piece: Piece) -> None:
        self.left, self.right = piece.box.left, piece.box.right
        self.lines: dict[int, Line] = {}

    def meets(self, piece: Piece) -> bool:
        return piece.box.left < self.right and piece.box.right > self.left

    def add(self, piece: Piece, row: int) -> None:
        self.left = min(self.left, piece.box.left)
        self.right = max(self.right, piece.box.right)
        self.lines.setdefault(row, []).append(piece)

    def text(self) -> str:
        return "\n".join(map(_joined, self.lines.values()))

    def is_filled(self) -> bool:
        """Whether its lines reach across it, as those of prose do."""
        widths = [line[-1].box.right - line[0].box.left for line in self.lines.values()]
        heights = [line[0].box.height for line in self.lines.values()]
        enough = max(MIN_FILL * (self.right - self.left) * len(widths), MIN_WIDTH * sum(heights))
        return len(widths) > 1 and sum(widths) >= enough


def page_text(lines: Sequence[Line]) -> str:
    """The lines' text in reading order, with COLUMN and ACROSS where columns are drawn row by row.

    Lines are parted by a line break, the rows of a table by an empty line.
    """
    return "\n".join(_texts(_rows(lines)))


def _texts(rows: Sequence[Row]) -> Iterator[str]:
    at, mark = 0, ""
    while at < len(rows):
        size, columns = _block(rows, at)
        if size >= MIN_ROWS and _are_prose(columns):
            yield from (COLUMN + column.text() for column in columns)
            mark = ACROSS
        else:
            size = size if size >= MIN_ROWS else 1
            yield mark + (_table(rows[at : at + size]) if size > 1 else _lines(rows[at]))
            mark = ""
        at += size


def _lines(row: Row) -> str:
    return "\n".join(map(_joined, row))


def _table(rows: Sequence[Row]) -> str:
    """The rows with empty lines around each; one that has a single cell goes on the one before."""
    cells = map(_pieces, rows)
    return "".join(("\n\n" if len(row) > 1 else "\n") + _joined(row) for row in cells) + "\n"


def _rows(lines: Sequence[Line]) -> list[Row]:
    rows: list[Row] = []
    for line in lines:
        if rows and _goes_on(rows[-1][-1][-1], line[0]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _goes_on(last: Piece, piece: Piece) -> bool:
    """Whether a line's first piece stands to the right of the last one in its row."""
    return piece.box.left > last.box.right and piece.box.is_level_with(last.box)


def _block(rows: Sequence[Row], at: int) -> tuple[int, list[_Column]]:
    """How many rows from rows[at] on leave the same gaps open, and the columns between those."""
    columns: list[_Column] = []
    if len(_pieces(rows[at])) == 1:
        return 1, columns
    for number in range(at, len(rows)):
        pieces = _pieces(rows[number])
        if columns and not _follows(_pieces(rows[number - 1]), pieces):
            return number - at, columns
        places = [_place(piece, columns, number - at) for piece in pieces]
        found = [place for place in places if place]
        if len(found) < len(pieces):
            return max(1, number - at), columns
        columns += [place for place in found if place not in columns]
        for piece, place in zip(pieces, found, strict=True):
            place.add(piece, number)
    return len(rows) - at, columns


def _pieces(row: Row) -> Line:
    return [piece for line in row for piece in line]


def _follows(above: Line, below: Line) -> bool:
    """Whether a row stands under another without room for a line between them."""
    between = min(piece.box.bottom for piece in above) - max(piece.box.top for piece in below)
    height = below[0].box.height
    return -height < between < MAX_LEADING * height


def _place(piece: Piece, columns: Sequence[_Column], row: int) -> _Column | None:
    """The column that the piece stands in: a new one in the first rows, and none if it bridges
    two or stands beside all."""
    met = [column for column in columns if column.meets(piece)]
    if len(met) == 1:
        return met[0]
    return None if met or row >= MIN_ROWS or len(columns) >= MAX_COLUMNS else _Column(piece)


def _are_prose(columns: Sequence[_Column]) -> bool:
    """Whether they are to be read one after the other, and are not those of a table."""
    starts = [line[0].text[0] for column in columns for line in list(column.lines.values())[1:]]
    lower = sum(start.islower() for start in starts)
    cased = lower + sum(start.isupper() for start in starts)
    return lower >= MIN_LOWER * cased and all(column.is_filled() for column in columns)


def _joined(line: Line) -> str:
    """The line's text, single-spaced; only what stands in a field may have several lines."""
    text = " ".join(piece.text for piece in line).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(" ".join(part.split()) for part in text.split("\n"))


def with_fields(lines: Sequence[Line], fields: Sequence[Piece]) -> list[Line]:
    """The lines with what stands in form fields: beside its label, else under what is above it."""
    found = list(lines)
    for field in sorted(fields, key=lambda field: (-field.box.top, field.box.left)):
        if label := _label(found, field):
            number, place = label
            found[number] = _labelled(found[number], place, field)
        else:
            own = field._replace(text=f"\n{field.text}\n")
            found.insert(_line_below(found, field), [own])
    return found


def _label(lines: Sequence[Line], field: Piece) -> tuple[int, int] | None:
    """The line and the piece in it that is nearest to the field in its row. A field to write into
    has its label before it if it has one there; a box to tick may have it on either side."""
    level = [
        (_distance(piece, field), number, place)
        for number, line in enumerate(lines)
        for place, piece in enumerate(line)
        if piece.box.is_level_with(field.box)
    ]
    if not level:
        return None
    _, number, place = min(level)
    return number, place


def _distance(piece: Piece, field: Piece) -> tuple[bool, float]:
    """How far the label is from the field, in points; what is behind a text is no label."""
    before, behind = field.box.left - piece.box.right, piece.box.left - field.box.right
    is_behind = behind > before
    return is_behind and field.text not in SIGNS, max(before, behind)


def _labelled(line: Line, place: int, field: Piece) -> Line:
    """The line with the field beside its label; a paragraph of its own if that ends in a colon."""
    piece = line[place]
    label = piece.text.strip("\n")
    is_behind = piece.box.left > field.box.left
    text = f"{field.text} {label}" if is_behind else f"{label} {field.text}"
    if label.endswith(":") or label != piece.text:
        text = f"\n{text}\n"
    return [*line[:place], piece._replace(text=text), *line[place + 1 :]]


def _line_below(lines: Sequence[Line], field: Piece) -> int:
    """Where a line goes that stands in the field's place: after the nearest one above it."""
    above = [
        (line[0].box.bottom - field.box.top, -number)
        for number, line in enumerate(lines)
        if line[0].box.bottom >= field.box.bottom
    ]
    return 1 - min(above)[1] if above else 0
