"""Why the helpdesk does not run."""

from __future__ import annotations


class CannotRunError(Exception):
    """Starting, or going on, is impossible or unsafe; the text is one sentence for whoever started it."""
