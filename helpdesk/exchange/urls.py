"""The addresses of a sheet's imports and exports, for the app's own list: `*imports_of(CONTACTS)`."""

from __future__ import annotations

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from helpdesk.exchange.sheets import Sheet
from helpdesk.exchange.views import exporting, guiding, mapping, repairing, reviewing, uploading
from helpdesk.users.access import allow


def imports_of(sheet: Sheet) -> list[URLPattern]:
    """Below `/contacts/import/` for the sheet "contacts"; named `import`, `import_map` … in the namespace of that name."""
    door = allow(sheet.import_permission)
    at = f"{sheet.name}/import/"

    def step(address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        return path(f"{at}{address}", door(view), {"sheet": sheet}, name=name)

    return [
        step("", uploading.upload, "import"),
        step("running/", uploading.show_running, "import_running"),
        step("guide/", guiding.show_guide, "import_guide"),
        step("sample/<str:kind>/", guiding.download_sample, "import_sample"),
        step("<int:pk>/map/", mapping.map_columns, "import_map"),
        step("<int:pk>/review/", reviewing.review, "import_review"),
        step("<int:pk>/progress/", reviewing.show_progress, "import_progress"),
        step("<int:pk>/start/", reviewing.start, "import_start"),
        step("<int:pk>/cancel/", reviewing.give_up, "import_cancel"),
        step("<int:pk>/repair/", repairing.repair, "import_repair"),
    ]


def exports_of(sheet: Sheet) -> list[URLPattern]:
    """`/contacts/export/` for the sheet "contacts"; named `export` in the namespace of that name."""
    door = allow(sheet.export_permission)
    return [path(f"{sheet.name}/export/", door(exporting.export), {"sheet": sheet}, name="export")]
