"""manage.py export_contacts FILE: the same export as in the browser, written to a file here."""

from helpdesk.management.transfers import ExportCommand


class Command(ExportCommand):
    help = "Export contacts as CSV or XLSX. Prints one line of JSON: exported, job."
    sheet_name = "contacts"
