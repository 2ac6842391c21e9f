"""Where companies are."""

from __future__ import annotations

from django.urls import path

from companies import views
from companies.spreadsheets import COMPANIES
from helpdesk.exchange.urls import exports_of, imports_of

app_name = "companies"

urlpatterns = [
    path("companies/", views.list_companies, name="list"),
    path("companies/new/", views.create_company, name="create"),
    *imports_of(COMPANIES),
    *exports_of(COMPANIES),
    path("companies/<int:pk>/", views.show_company, name="show"),
    path("companies/<int:pk>/edit/", views.edit_company, name="edit"),
    path("companies/<int:pk>/notes/", views.add_note, name="add_note"),
    path("companies/<int:pk>/notes/<int:note_pk>/", views.edit_note, name="edit_note"),
    path("companies/<int:pk>/notes/<int:note_pk>/delete/", views.delete_note, name="delete_note"),
    path("companies/<int:pk>/delete/", views.delete_company, name="delete"),
    path("companies/<int:pk>/restore/", views.restore_company, name="restore"),
]
