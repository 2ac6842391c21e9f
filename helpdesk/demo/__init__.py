"""Demo data: people and companies that exist nowhere (all addresses end in .example), with half a year of history.

`filling.fill()` makes it, `removing.remove()` takes away exactly what `fill` made, whatever people have edited in it
since: the audit log's lines "demo data created …" say what that is (`marks`).
"""

from __future__ import annotations

from helpdesk.running.demo import is_present as accounts_present

__all__ = ["accounts_present"]
