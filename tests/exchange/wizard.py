"""The pages of an import, as tests open and read them."""

from __future__ import annotations

import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from helpdesk.jobs.models import Job

START = "/contacts/import/"


def sent(browser: Client, data: bytes, name: str = "customers.csv", **fields: str) -> tuple[int, str, str]:
    """Upload a file: status, where to, and the page."""
    answer = browser.post(START, {"file": SimpleUploadedFile(name, data), **fields})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def at(job: Job, step: str) -> str:
    return reverse(f"contacts:import_{step}", args=[job.pk])


def mapped(page: str) -> dict[str, str]:
    """Column → the field that its select shows."""
    selects = re.findall(r'<select[^>]*name="(column-\d+)".*?</select>', page, re.S)
    chosen = re.findall(r'name="(column-\d+)"(?:(?!</select>).)*?<option value="([^"]*)" selected', page, re.S)
    return {**dict.fromkeys(selects, ""), **dict(chosen)}


def reading(page: str) -> dict[str, str]:
    """What the form about the reading of the file would send, as it stands on the page."""
    form = re.findall(r'<form class="reading".*?</form>', page, re.S)[0]
    typed = re.findall(r'<input[^>]*name="([^"]+)" value="([^"]*)"', form)
    chosen = re.findall(r'<select name="([^"]+)"(?:(?!</select>).)*?<option value="([^"]*)" selected', form, re.S)
    return dict(typed + chosen)


def workbook(**worksheets: list[list[str]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for name, rows in worksheets.items():
        made = book.create_sheet(name)
        for row in rows:
            made.append(row)
    book.save(out)
    return out.getvalue()
