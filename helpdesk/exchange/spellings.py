"""Names in a file that differ from a known one only in spaces, case and legal form: what a review asks about."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.jobs.models import Job

MOST_QUESTIONS = 200


def note_spellings(job: Job, found: Mapping[tuple[str, str], int]) -> None:
    """Add (typed, known) → in how many rows, to `params["spellings"]`."""
    if not found:
        return
    params = Job.objects.values_list("params", flat=True).get(pk=job.pk)
    asked = {(one["typed"], one["found"]): one["rows"] for one in params.get("spellings", [])}
    for pair, count in found.items():
        if pair in asked or len(asked) < MOST_QUESTIONS:
            asked[pair] = asked.get(pair, 0) + count
    params["spellings"] = [{"typed": typed, "found": known, "rows": count} for (typed, known), count in asked.items()]
    Job.objects.filter(pk=job.pk).update(params=params)
