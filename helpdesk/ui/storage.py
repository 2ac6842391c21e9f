"""Static files by their content's hash, compressed; our modules import each other by hashed names, too."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = "js/"


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Rewrites imports in `static/js/` only: packages bring modules whose imports name files they do not ship."""

    support_js_module_import_aggregation = True

    def url_converter(self, name: str, hashed_files: Any, template: Any = None) -> Callable[[re.Match[str]], str]:
        if name.endswith(".js") and not name.startswith(OURS):
            return lambda found: found["matched"]
        return super().url_converter(name, hashed_files, template)  # type: ignore[no-any-return]
