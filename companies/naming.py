"""When two company names mean the same company (PRODUCT 3.5)."""

from __future__ import annotations

import re
import unicodedata

# ㈜, （주） and ㈔ arrive here as (주) and (사): NFKC comes first.
_BRACKETED = r"[(\[](?:주|유|사|재|합|株|有)[)\]]"
_WRITTEN_OUT = "주식회사|유한책임회사|유한회사|합자회사|합명회사|사단법인|재단법인|株式会社|有限会社"
_anywhere = re.compile(rf"\s*(?:{_BRACKETED}|{_WRITTEN_OUT})\s*")

# Latin forms count as whole words at the end only: "Incheon" keeps its Inc, "Smith & Co" its Co.
_LATIN = (
    "incorporated|inc|corporation|corp|company|co|limited|ltd|llc|l\\.l\\.c|llp|l\\.l\\.p|plc|gmbh|ag|kg"
    "|s\\.a|sa|sarl|srl|s\\.r\\.l|s\\.p\\.a|bv|b\\.v|nv|n\\.v|oy|pte|pty|k\\.k|a/s"
)
_at_the_end = re.compile(rf"(?<![&+\s\w])[\s,.]*(?:(?<=[\s,.)])(?:{_LATIN}))\.?[\s,.]*$|(?<=[^\W_])[\s,.]+(?:{_LATIN})\.?[\s,.]*$")
_hidden = re.compile("[\\s\u00ad\u180e\u200b-\u200f\u2060\ufeff]+")


def company_match_key(name: str) -> str:
    raise NotImplementedError
