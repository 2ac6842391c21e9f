"""When two company names mean the same company (PRODUCT 3.5)."""

from __future__ import annotations

import re
import unicodedata

# ㈜, （주） and ㈔ have become (주) and (사) here: NFKC comes first.
_BRACKETED = r"[(\[](?:주|유|사|재|합|株|有)[)\]]"
_WRITTEN_OUT = "주식회사|유한책임회사|유한회사|합자회사|합명회사|사단법인|재단법인|株式会社|有限会社"
_anywhere = re.compile(f"{_BRACKETED}|{_WRITTEN_OUT}")

# Latin forms count as whole words at the end only: Zinc keeps its inc, Smith & Co its Co.
_LATIN = (
    r"incorporated|inc|corporation|corp|company|co|limited|ltd|llc|l\.l\.c|llp|l\.l\.p|plc|gmbh|ag"
    r"|sa|s\.a|sarl|srl|s\.r\.l|s\.p\.a|bv|b\.v|nv|n\.v|oy|pte|pty"
)
_last_word = re.compile(rf"(?<=[^\s&,.])[\s,.]+(?:{_LATIN})\.?[\s,.]*$")
_hidden = re.compile("[\\s\u00ad\u180e\u200b-\u200f\u2060\ufeff]+")


def company_match_key(name: str) -> str:
    """The name without spaces, case and legal form; empty only for an empty name.

    Companies whose keys are equal are asked about, never merged silently. A name that is nothing
    but a legal form keeps it.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return _dense(_without_form(text)) or _dense(text) or name


def _without_form(text: str) -> str:
    text = _anywhere.sub(" ", text).rstrip(" ,.")
    while (shorter := _last_word.sub("", text)) != text:
        text = shorter
    return text


def _dense(text: str) -> str:
    return _hidden.sub("", text).strip(",")
