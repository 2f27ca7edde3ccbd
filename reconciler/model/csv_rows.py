"""Read the rows of CSV text."""

import csv
from collections.abc import Iterator
from io import StringIO


class BrokenCsvError(Exception):
    """The text is not CSV from a line on: the line and the message."""


def csv_rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the trimmed cells of each row that is not empty. Raises BrokenCsvError."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise BrokenCsvError(f"{line}: invalid CSV: {error}") from error
