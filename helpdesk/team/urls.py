"""The team's addresses. Those of allauth's views keep the names under which allauth looks them up."""

from django.urls import URLPattern, URLResolver, include, path

from helpdesk.team.views import admin, invitations, links, members, mfa, passwords, profile, setup, signing_in

team = [
    path("", signing_in.home, name="home"),
    path("password/reset/", passwords.ask_reset, name="reset_request"),
    path("password/reset/asked/", passwords.reset_asked, name="reset_asked"),
    path("password/reset/new/", passwords.reset_form, name="reset_form"),
    path("password/reset/<str:token>/", passwords.reset, name="reset"),
    path("invitation/", invitations.invitation_form, name="invitation_form"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("links/leave/", links.leave, name="leave"),
    path("setup/", setup.setup_form, name="setup_form"),
    path("setup/<str:token>/", setup.setup, name="setup"),
    path("admin/team/", members.list_members, name="list"),
    path("admin/team/invite/", members.invite, name="invite"),
    path("admin/team/<int:pk>/", members.edit, name="edit"),
    path("admin/team/<int:pk>/invite-again/", members.invite_again, name="invite_again"),
    path("admin/team/<int:pk>/withdraw/", members.withdraw, name="withdraw"),
    path("admin/team/<int:pk>/deactivate/", members.deactivate, name="deactivate"),
    path("admin/team/<int:pk>/reactivate/", members.reactivate, name="reactivate"),
    path("admin/roles/", admin.list_roles, name="roles"),
]

own = [
    path("profile/", profile.show, name="show"),
    path("profile/password/", profile.password, name="password"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((team, "team"))),
    path("", include((own, "profile"))),
    path("", include(([path("admin/", admin.index, name="index")], "admin"))),
    path("login/", signing_in.sign_in, name="account_login"),
    path("login/code/", mfa.authenticate, name="mfa_authenticate"),
    path("logout/", signing_in.sign_out, name="account_logout"),
    path("profile/again/", mfa.reauthenticate, name="account_reauthenticate"),
    path("profile/mfa/", mfa.index, name="mfa_index"),
    path("profile/mfa/again/", mfa.reauthenticate_by_code, name="mfa_reauthenticate"),
    path("profile/mfa/app/", mfa.activate, name="mfa_activate_totp"),
    path("profile/mfa/app/off/", mfa.deactivate, name="mfa_deactivate_totp"),
    path("profile/mfa/codes/", mfa.codes, name="mfa_view_recovery_codes"),
    path("profile/mfa/codes/new/", mfa.generate_codes, name="mfa_generate_recovery_codes"),
    path("profile/mfa/codes/download/", mfa.download_codes, name="mfa_download_recovery_codes"),
]
