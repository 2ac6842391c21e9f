"""How the log tells of letters."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from helpdesk.audit.wording import register, register_target


def register_words() -> None:
    """Called once, at the start."""
    register(
        "letter",
        _("Outbox"),
        {"letter.resend": _("sent a letter again"), "letter.cancel": _("cancelled a letter")},
    )
    register(
        "notice",
        _("Email Notifications"),
        {
            "notice.switch": _("switched a notification"),
            "notice.wording": _("changed the wording of a letter"),
            "notice.test": _("sent themselves a test of a letter"),
        },
        fields={"is_on": _("On"), "letter_subject": _("Subject"), "letter_body": _("Text")},
    )
    register_target("outbox.outgoingemail", _("Letter"), "outbox:show")
    register_target("outbox.noticeswitch", _("Notification"))
    register_target("outbox.noticewording", _("Wording"))
