"""manage.py import_contacts FILE: the same import as in the browser, without a browser and without a worker."""

from helpdesk.management.transfers import ImportCommand


class Command(ImportCommand):
    help = "Import contacts from a CSV or Excel file. Prints one line of JSON: created, updated, skipped, failed, job."
    sheet_name = "contacts"
