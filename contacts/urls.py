from django.urls import path

from contacts.views import activations, lists, records, standing

app_name = "contacts"

urlpatterns = [
    path("contacts/", lists.list_contacts, name="list"),
    path("contacts/rows/", lists.refresh_rows, name="refresh"),
    path("contacts/company-names/", lists.suggest_companies, name="company_names"),
    path("contacts/of-company/<int:company_pk>/", lists.list_of_company, name="of_company"),
    path("contacts/new/", records.create_contact, name="create"),
    path("contacts/activations/", activations.activate, name="activate"),
    path("contacts/block/", standing.block_contacts, name="block_few"),
    path("contacts/unblock/", standing.unblock_contacts, name="unblock_few"),
    path("contacts/delete/", standing.delete_contacts, name="delete_few"),
    path("contacts/restore/", standing.restore_contacts, name="restore_few"),
    path("contacts/<int:pk>/", records.show_contact, name="show"),
    path("contacts/<int:pk>/edit/", records.edit_contact, name="edit"),
    path("contacts/<int:pk>/block/", standing.block_contact, name="block"),
    path("contacts/<int:pk>/unblock/", standing.unblock_contact, name="unblock"),
    path("contacts/<int:pk>/delete/", standing.delete_contact, name="delete"),
    path("contacts/<int:pk>/restore/", standing.restore_contact, name="restore"),
    path("contacts/<int:pk>/password/", activations.change_password, name="change_password"),
    path("contacts/<int:pk>/password-reset/", activations.send_reset, name="send_reset"),
]
