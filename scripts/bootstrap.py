"""Makes a clone ready, then runs it: `python3 scripts/bootstrap.py install|run|dev` (what `make` calls).

This file keeps to the syntax of Python 3.0, so that an old Python gets one sentence instead of a SyntaxError;
everything newer lives in `installation/` and is imported only once the version is known to be right.
"""

import sys

NEEDED = (3, 11)


def refuse_old_python() -> None:
    """End with one sentence where this Python is older than the helpdesk needs."""
    if sys.version_info[:2] < NEEDED:
        found = ".".join(str(part) for part in sys.version_info[:3])
        wanted = ".".join(str(part) for part in NEEDED)
        sys.exit(
            "The helpdesk needs Python "
            + wanted
            + " or newer, this is "
            + found
            + "; name another with PYTHON=/path/to/python3."
        )


if __name__ == "__main__":
    refuse_old_python()
    from installation.steps import main

    sys.exit(main(sys.argv[1:]))
