from django.urls import path

from contacts.spreadsheets import CONTACTS
from contacts.views import (
    activations,
    acts,
    applying,
    forgetting,
    lists,
    marking,
    merging,
    notes,
    records,
    replacing,
    standing,
)
from helpdesk.exchange.urls import exports_of, imports_of

app_name = "contacts"

urlpatterns = [
    path("contacts/", lists.list_contacts, name="list"),
    path("contacts/rows/", lists.refresh_rows, name="refresh"),
    path("contacts/company-names/", lists.suggest_companies, name="company_names"),
    path("contacts/tag-names/", lists.suggest_tags, name="tag_names"),
    path("contacts/of-company/<int:company_pk>/", lists.list_of_company, name="of_company"),
    path("contacts/of-company/<int:company_pk>/apply/", applying.apply_domains, name="apply_domains"),
    path("contacts/new/", records.create_contact, name="create"),
    *imports_of(CONTACTS),
    *exports_of(CONTACTS),
    path("contacts/activations/", activations.activate, name="activate"),
    path("contacts/acts/", acts.begin, name="act"),
    path("contacts/acts/<int:pk>/", acts.confirm, name="confirm_act"),
    path("contacts/acts/<int:pk>/try/", acts.try_out, name="try_act"),
    path("contacts/tags/", marking.change_tags, name="tags_few"),
    path("contacts/company/", marking.change_company, name="company_few"),
    path("contacts/block/", standing.block_contacts, name="block_few"),
    path("contacts/unblock/", standing.unblock_contacts, name="unblock_few"),
    path("contacts/delete/", standing.delete_contacts, name="delete_few"),
    path("contacts/restore/", standing.restore_contacts, name="restore_few"),
    path("contacts/merge/", merging.merge, name="merge"),
    path("contacts/<int:pk>/", records.show_contact, name="show"),
    path("contacts/<int:pk>/edit/", records.edit_contact, name="edit"),
    path("contacts/<int:pk>/email/", replacing.replace_email, name="replace_email"),
    path("contacts/<int:pk>/notes/", notes.add_note, name="add_note"),
    path("contacts/<int:pk>/notes/<int:note_pk>/", notes.edit_note, name="edit_note"),
    path("contacts/<int:pk>/notes/<int:note_pk>/delete/", notes.delete_note, name="delete_note"),
    path("contacts/<int:pk>/merge/", merging.find_other, name="find_other"),
    path("contacts/<int:pk>/merges/<int:merge_pk>/undo/", merging.unmerge, name="unmerge"),
    path("contacts/<int:pk>/block/", standing.block_contact, name="block"),
    path("contacts/<int:pk>/unlock/", activations.unlock_contact, name="unlock"),
    path("contacts/<int:pk>/unblock/", standing.unblock_contact, name="unblock"),
    path("contacts/<int:pk>/delete/", standing.delete_contact, name="delete"),
    path("contacts/<int:pk>/restore/", standing.restore_contact, name="restore"),
    path("contacts/<int:pk>/forget/", forgetting.forget_contact, name="forget"),
    path("contacts/<int:pk>/download/", forgetting.download_contact, name="download"),
    path("contacts/<int:pk>/password/", activations.change_password, name="change_password"),
    path("contacts/<int:pk>/password-reset/", activations.send_reset, name="send_reset"),
]
