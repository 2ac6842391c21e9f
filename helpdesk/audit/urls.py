from django.urls import path

from helpdesk.audit import views

app_name = "audit"

urlpatterns = [
    path("admin/audit-log/", views.list_entries, name="list"),
]
