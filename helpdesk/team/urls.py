"""The team's addresses. Those of allauth's views keep the names under which allauth looks them up."""

from django.urls import URLPattern, URLResolver, include, path

from helpdesk.team.views import (
    admin,
    conversions,
    house,
    invitations,
    links,
    members,
    mfa,
    own_email,
    passwords,
    profile,
    setup,
    signing_in,
)

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
    path("admin/team/<int:pk>/step-back/", conversions.step_back, name="step_back"),
    path("admin/team/contacts/<int:pk>/", conversions.make_agent, name="make_agent"),
    path("admin/roles/", admin.list_roles, name="roles"),
]

own = [
    path("profile/", profile.show, name="show"),
    path("profile/email/", own_email.change, name="email"),
    path("profile/email/confirm/", own_email.confirm, name="confirm_email"),
    path("profile/email/confirm/<str:token>/", own_email.confirm_link, name="confirm_email_link"),
    path("profile/password/", profile.password, name="password"),
]

whole_house = [
    path("admin/settings/", house.settings, name="show"),
    path("admin/settings/test-email/", house.send_test, name="test"),
    path("admin/settings/two-step/", house.require_mfa, name="mfa"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((team, "team"))),
    path("", include((own, "profile"))),
    path("", include((whole_house, "settings"))),
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
