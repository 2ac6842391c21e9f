from django.urls import path

from helpdesk.outbox import views, wording_views

app_name = "outbox"

urlpatterns = [
    path("admin/outbox/", views.list_letters, name="list"),
    path("admin/outbox/<int:pk>/", views.show_letter, name="show"),
    path("admin/outbox/<int:pk>/body/", views.show_body, name="body"),
    path("admin/outbox/<int:pk>/again/", views.resend, name="resend"),
    path("admin/outbox/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("admin/email-notifications/", views.list_notifications, name="notifications"),
    path("admin/email-notifications/<str:code>/", views.switch_notice, name="switch"),
    path("admin/email-notifications/<str:code>/<str:language>/", wording_views.edit_wording, name="wording"),
    path("admin/email-notifications/<str:code>/<str:language>/preview/", wording_views.preview, name="preview"),
    path("admin/email-notifications/<str:code>/<str:language>/test/", wording_views.send_test, name="test"),
    path("admin/email-notifications/<str:code>/<str:language>/default/", wording_views.reset, name="reset_wording"),
]
