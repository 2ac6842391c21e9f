from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles.finders import get_finder
from pytest_django.fixtures import Settings

from helpdesk.running import static


def test_static_files_are_collected_again_only_after_a_change(settings: Settings, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.css").write_text("body { color: black }")
    settings.STATIC_ROOT = tmp_path / "served"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    get_finder.cache_clear()  # type: ignore[attr-defined]
    try:
        assert static.collect_changed()
        assert not static.collect_changed()
        (source / "two.css").write_text("body { color: navy }")
        assert static.collect_changed()
        assert (settings.STATIC_ROOT / "two.css").exists()
    finally:
        get_finder.cache_clear()  # type: ignore[attr-defined]
