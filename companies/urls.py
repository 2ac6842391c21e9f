"""Where companies are."""

from __future__ import annotations

from django.urls import path

from companies import views

app_name = "companies"

urlpatterns = [
    path("companies/", views.list_companies, name="list"),
    path("companies/new/", views.create_company, name="create"),
    path("companies/<int:pk>/", views.show_company, name="show"),
    path("companies/<int:pk>/edit/", views.edit_company, name="edit"),
    path("companies/<int:pk>/delete/", views.delete_company, name="delete"),
    path("companies/<int:pk>/restore/", views.restore_company, name="restore"),
]
