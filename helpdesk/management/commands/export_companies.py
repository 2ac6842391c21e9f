"""manage.py export_companies FILE: the same export as in the browser, written to a file here."""

from helpdesk.management.transfers import ExportCommand


class Command(ExportCommand):
    help = "Export companies as CSV or XLSX. Prints one line of JSON: exported, job."
    sheet_name = "companies"
