"""How much of a file is read, and what the process that reads it may use."""

from __future__ import annotations

from zipfile import ZIP_DEFLATED, ZIP_STORED

MAX_ROWS = 1_000_000
"""Data rows of one file."""
MAX_COLUMNS = 200
MAX_CELL = 4_000_000
"""Characters of one cell of a CSV; a longer one is taken for a quotation mark that is never closed."""
MAX_SHOWN = 500
"""Characters of one cell in a sample."""
MAX_HEADER = 200
"""Characters of one column name."""
MAX_RECORD = 4_000_000
"""Bytes of one row, written out; of a longer one not all is kept, and it fails. So many are in memory at once, too."""
MAX_TABLE = 2_000_000_000
"""Bytes of all rows, written out."""
SMALL_TABLE = 100_000_000
"""Bytes; what is written out to more is refused where it is more than MAX_RATIO times its upload."""
LOOK_AHEAD = 100
"""Rows below the header that may show an unnamed column to be in use."""

METHODS = (ZIP_STORED, ZIP_DEFLATED)
"""How parts of workbooks are packed; of the other methods one read of a few bytes may unpack tens of megabytes."""
MAX_PARTS = 200
MAX_RATIO = 100
SMALL_PART = 20_000_000
"""Bytes; parts up to this size may be packed as tightly as they like."""
MAX_UNPACKED = 1_000_000_000
"""Bytes of all parts of a workbook."""
MAX_XML_ROW = 32_000_000
WITHOUT_STRINGS = 8_000_000
"""Bytes of a worksheet's XML that are read at once: about 16,000 rows of ten columns."""
WITH_STRINGS = 64_000_000
"""The same where cells share texts, which must be read anew each time."""

MEMORY = 2 << 30
"""Bytes of address space of the reading process."""
WRITTEN = 4 << 30
"""Bytes it may write into one file."""
QUICK_SECONDS = 60
"""Of processor time, for looking at a file."""
LONG_SECONDS = 900
"""Of processor time, for converting one."""
PATIENCE = 4
"""The wall clock's share: so many times the processor time."""
