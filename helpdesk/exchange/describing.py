"""How files are spoken of: encodings, separators, columns without a name, sizes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

ENCODINGS: Mapping[str, str | Promise] = {
    "utf-8": gettext_lazy("Unicode (UTF-8)"),
    "utf-8-sig": gettext_lazy("Unicode (UTF-8 with BOM)"),
    "utf-16": gettext_lazy("Unicode (UTF-16)"),
    "utf-16-le": gettext_lazy("Unicode (UTF-16, little-endian)"),
    "utf-16-be": gettext_lazy("Unicode (UTF-16, big-endian)"),
    "cp949": gettext_lazy("Korean (CP949, EUC-KR)"),
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
    "shift_jis": gettext_lazy("Japanese (Shift JIS)"),
    "gb18030": gettext_lazy("Chinese (GB 18030)"),
}
DELIMITERS: Mapping[str, str | Promise] = {
    ",": gettext_lazy("Comma (,)"),
    ";": gettext_lazy("Semicolon (;)"),
    "\t": gettext_lazy("Tab"),
    "|": gettext_lazy("Vertical bar (|)"),
}
KINDS: Mapping[str, str | Promise] = {
    "csv": pgettext_lazy("kind of file", "CSV"),
    "xlsx": gettext_lazy("Excel workbook (.xlsx)"),
    "xls": gettext_lazy("Excel workbook of the old kind (.xls)"),
}
_unnamed = re.compile(r"Column (\d{1,4})")


def headed(header: str) -> str:
    """What a column is called; one without a name, in the reader's language."""
    unnamed = _unnamed.fullmatch(header)
    return _("Column %(number)s") % {"number": unnamed[1]} if unnamed else header


def sized(size: int) -> str:
    """Bytes as people say them: 812 bytes, 34 KB, 1.2 MB."""
    if size < 1024:
        return _("%(count)s bytes") % {"count": size}
    if size < 1024 * 1024:
        return _("%(count)s KB") % {"count": number_format(size / 1024, decimal_pos=0)}
    return _("%(count)s MB") % {"count": number_format(size / (1024 * 1024), decimal_pos=1)}
