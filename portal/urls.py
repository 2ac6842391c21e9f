from __future__ import annotations

from django.urls import path

from portal.views import asking, doors, links, profile

app_name = "portal"

urlpatterns = [
    path("portal/", doors.home, name="home"),
    path("portal/login/", doors.login, name="login"),
    path("portal/activate/", links.activate_form, name="activate_form"),
    path("portal/activate/<str:token>/", links.activate, name="activate"),
    path("portal/password/new/", links.reset_form, name="reset_form"),
    path("portal/password/reset/", asking.reset_request, name="reset_request"),
    path("portal/password/reset/sent/", asking.reset_sent, name="reset_sent"),
    path("portal/password/reset/again/", asking.send_again, name="send_again"),
    path("portal/password/reset/<str:token>/", links.reset, name="reset"),
    path("portal/leave/", links.leave, name="leave"),
    path("portal/profile/", profile.profile, name="profile"),
    path("portal/profile/password/", profile.password, name="password"),
]
