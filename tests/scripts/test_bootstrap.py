"""`scripts/bootstrap.py` on a bare copy: what is missing is one sentence, what is there is not done again."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from compile_translations import compile_catalogue
from installation.places import Places
from installation.telling import InstallationError, explain
from installation.translations import is_stale

from tests.patience import free_port
from tests.running.runner import ROOT

SCRIPT = ROOT / "scripts" / "bootstrap.py"
COMMITTED = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt", "package.json", "package-lock.json")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What a clone has, as far as the installer looks."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    for name in COMMITTED:
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def run(folder: Path, *, first: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the copy's bootstrap with the statements `first` executed before it."""
    script = folder / "scripts" / "bootstrap.py"
    program = f"import runpy, sys\n{first}\nsys.argv[1:] = ['dev']\nsys.path[0] = {str(script.parent)!r}\n"
    program += f"runpy.run_path({str(script)!r}, run_name='__main__')"
    env = {**os.environ, **environment}
    return subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)


def test_every_python_3_can_parse_the_version_check() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 4))


@pytest.mark.processes
def test_an_old_python_is_one_sentence(copy: Path) -> None:
    done = run(copy, first="sys.version_info = (3, 10, 4, 'final', 0)")
    assert done.returncode == 1
    assert done.stderr == (
        "The helpdesk needs Python 3.11 or newer, this is 3.10.4; name another with PYTHON=/path/to/python3.\n"
    )


@pytest.mark.processes
@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_venv_module_is_one_sentence(copy: Path, module: str) -> None:
    hide = f"import importlib.util as u; find = u.find_spec; u.find_spec = lambda n, p=None: n != '{module}' and find(n, p) or None"
    done = run(copy, first=hide)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"lacks the module {module}; install it (Debian, Ubuntu: apt install python3-venv)" in done.stderr


@pytest.mark.processes
def test_an_unreachable_package_index_is_one_sentence(copy: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/simple"
    done = run(
        copy,
        PIP_INDEX_URL=nowhere,
        PIP_CONFIG_FILE=os.devnull,
        PIP_FIND_LINKS="",
        PIP_RETRIES="0",
        PIP_NO_CACHE_DIR="1",
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "could not be downloaded: is the network, or your package index, reachable?" in done.stderr


def test_a_damaged_copy_names_the_missing_file(tmp_path: Path) -> None:

    with pytest.raises(InstallationError, match=r"requirements\.txt is missing"):
        Places.of(tmp_path).required("requirements.txt")


def test_a_pip_without_a_network_word_keeps_its_own_reason() -> None:

    said = explain("Collecting x\nERROR: THESE PACKAGES DO NOT MATCH THE HASHES\n", needs="Packages", log=Path("log"))
    assert said == "Packages could not be installed: ERROR: THESE PACKAGES DO NOT MATCH THE HASHES (details: log)"


def test_translations_are_compiled_when_the_catalogue_is_newer(tmp_path: Path) -> None:

    catalogue = tmp_path / "django.po"
    catalogue.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Save"\nmsgstr "저장"\n'
    )
    assert is_stale(catalogue)
    compile_catalogue(catalogue)
    assert not is_stale(catalogue)
    os.utime(catalogue.with_suffix(".mo"), ns=(0, 0))
    assert is_stale(catalogue)
