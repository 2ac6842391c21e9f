"""What can be wrong with a file, in one clear sentence each.

Nothing in this package imports Django or the rest of the house: a child process starts it in a moment, many times a day.
"""

from __future__ import annotations

from typing import Any

Problem = dict[str, Any]
"""{"text": a marked message, "params": {...}}"""


def gettext_noop(message: str) -> str:
    """Marks a message for the catalogue, as Django's does."""
    return message


class FileRefused(Exception):
    """Nothing of the file is read. `problem` is one sentence for the person who uploaded it."""

    def __init__(self, text: str, **params: Any) -> None:
        super().__init__(text)
        self.problem: Problem = {"text": text, "params": params}


class Broken(Exception):
    """Rows up to here are good; nothing after them can be told apart. `text` names the place with %(row)s."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


# The file as a whole
UNREADABLE = gettext_noop("The file could not be read.")
EMPTY = gettext_noop("The file is empty.")
DAMAGED = gettext_noop("The file is damaged or incomplete. Upload it again, or save it anew and upload that.")
OTHER_KIND = gettext_noop(
    "This is a file of another kind (%(format)s). Save the table as .xlsx or CSV and upload that."
)
WEB_PAGE = gettext_noop(
    "This is a web page named like a workbook, as some sites offer for download. "
    "Open it in Excel or Numbers, save it as .xlsx or CSV and upload that."
)
HANCOM = gettext_noop(
    "This is a Hancom Office Cell file. Open it there, choose “Save as” .xlsx (Excel) or CSV, and upload that."
)
LOCKED = gettext_noop(
    "The file is locked by document security (%(product)s). "
    "Have it unlocked, or save the table as CSV on a computer where it opens, and upload that."
)
PASSWORD = gettext_noop("The workbook is protected by a password. Remove the password in Excel and upload it again.")
UNKNOWN = gettext_noop(
    "This file is neither a workbook nor text with columns. Save the table as .xlsx or CSV and upload that."
)
TOO_LARGE_INSIDE = gettext_noop(
    "Unpacked, the workbook is larger than %(limit)s MB. Save the worksheet as CSV and upload that."
)
TOO_MANY_PARTS = gettext_noop(
    "The workbook consists of more than %(limit)s parts. Save the worksheet as CSV and upload that."
)
TOO_TIGHT = gettext_noop(
    "The workbook is packed so tightly that it is not opened. Save the worksheet as CSV and upload that."
)
FOREIGN_XML = gettext_noop("The workbook holds definitions that workbooks do not need; for safety it is not opened.")
TOO_MANY_ROWS = gettext_noop(
    "The file has more than %(limit)s rows. Split it and import the parts one after the other."
)
TOO_LARGE_TABLE = gettext_noop(
    "With all cells written out, the table is larger than %(limit)s MB. Split it and import the parts one after the other."
)
TOO_MANY_COLUMNS = gettext_noop("The table has more than %(limit)s columns. Delete those that are not to be imported.")
NO_WORKSHEET = gettext_noop("The workbook has no worksheet named “%(worksheet)s”.")
EMPTY_WORKSHEET = gettext_noop("The worksheet “%(worksheet)s” is empty.")
NO_SUCH_ROW = gettext_noop("The table has no row %(row)s; column names cannot be there.")

# Where a file breaks
QUOTE_OPEN = gettext_noop(
    "In row %(row)s a quotation mark is opened and never closed; the rows from there on cannot be told apart."
)
QUOTE_ASTRAY = gettext_noop(
    "In row %(row)s text follows a closing quotation mark; the rows from there on cannot be told apart."
)

# One row
BAD_BYTES = gettext_noop("The row has bytes that are not valid in the file's encoding.")
ZERO_BYTES = gettext_noop("The row has zero bytes, which no text has.")
SURPLUS = gettext_noop("The row has more cells than there are column names.")
TOO_LONG_ROW = gettext_noop("The row has more text than is read; only the beginning of its cells is kept.")
ERROR_CELL = gettext_noop("A cell of the row shows an error such as #N/A.")
NO_VALUE = gettext_noop(
    "A formula in the row has no stored value. Open the workbook in Excel, save it and upload it again."
)

# Remarks
WRONG_NAME = gettext_noop(
    "By its name this would be another kind of file; by its content it is %(format)s and is read so."
)
MAYBE_ENCODING = gettext_noop("The encoding is a guess. Check that names read well in the sample.")
MACROS = gettext_noop("The workbook has macros. They are never run.")
HIDDEN = gettext_noop("The workbook has hidden worksheets. They are read only if you choose them.")
NO_ROWS = gettext_noop("There are no rows below the column names.")
