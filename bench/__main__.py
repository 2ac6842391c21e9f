"""`make bench`: every benchmark in turn, each in a process of its own.

With DATABASE_URL naming a PostgreSQL server they measure there, too, in databases of their own.
"""

from __future__ import annotations

import subprocess
import sys

BENCHES = (
    "bench.imports",
    "bench.exports",
    "bench.contacts",
    "bench.acts",
    "bench.profile",
    "bench.merge",
    "bench.letters",
    "bench.signin",
)


def main() -> int:
    """Run them all; 1 when one of them broke (a figure that falls short breaks nothing, it is printed)."""
    codes = [subprocess.run([sys.executable, "-m", module], check=False).returncode for module in BENCHES]
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())
