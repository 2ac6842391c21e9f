"""The rows of the list of contacts: the hottest page, so its lines are written here rather than in a template (ADR 0016)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from html import escape
from typing import NamedTuple

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts.badges import Badge
from contacts.queries.listing import Row
from helpdesk.ui.templatetags.ui import avatar, badge, lucide, tel

register = template.Library()


class Words(NamedTuple):
    """All that is the same in every row, escaped."""

    job_title: str
    company: str
    email: str
    phone: str
    state: str
    send: str
    select_name: str
    send_to_name: str
    more_for_name: str
    activate_url: str
    mail_icon: str
    more_icon: str


@register.simple_tag(takes_context=True)
def contact_rows(context: Context, rows: Iterable[Row], *, oob: bool = False) -> SafeString:
    """`rows` as lines of the table; `oob` where they go into a page that is open."""
    words, may_invite = _words(get_language() or ""), context["may"].CONTACT_ACTIVATE
    return mark_safe("".join(_line(row, words, may_invite=may_invite, oob=oob) for row in rows))  # noqa: S308 (of lines)


def _line(row: Row, words: Words, *, may_invite: bool, oob: bool) -> str:
    """What somebody typed is escaped here, all of it, before anything is filled in."""
    name, url = escape(row.name), escape(row.url)
    select, more = words.select_name.replace("{name}", name), words.more_for_name.replace("{name}", name)
    marks = f"{' data-blocked' if row.is_blocked else ''}{' data-deleted' if row.is_deleted else ''}"
    return f"""
<tr id="contact-{row.id}"{' hx-swap-oob="true"' if oob else ""}>
  <th scope="row" class="cell-main"><input class="form-check-input" type="checkbox" form="selection" name="contact" value="{row.id}" \
autocomplete="off" aria-label="{select}"{" data-invitable" if row.is_invitable else ""}>{avatar(row.name)}<a title="{name}" class="row-link" href="{url}">{name}</a></th>
  <td class="cell-wide-only cell-title" data-label="{words.job_title}"{_whole(row.job_title)}>{escape(row.job_title)}</td>
  <td class="cell-company" data-label="{words.company}">{_company(row)}</td>
  <td class="cell-wide-only" data-label="{words.email}"{_whole(row.email)}>{escape(row.email)}</td>
  <td class="cell-phone" data-label="{words.phone}">{_phone(row)}</td>
  <td data-label="{words.state}">{_state(row.badge)}</td>
  <td class="cell-actions">{_invite(row.id, name, words) if may_invite and row.is_invitable else ""}<a class="btn btn-icon row-more" \
href="{url}" data-row-menu{marks} aria-label="{more}">{words.more_icon}</a></td>
</tr>"""


def _whole(text: str) -> str:
    """What a cell says where its end is cut off."""
    return f' title="{escape(text)}"' if text else ""


def _company(row: Row) -> str:
    company = escape(row.company)
    return f'<a href="{escape(row.company_url)}" title="{company}">{company}</a>' if row.company_url else ""


def _phone(row: Row) -> str:
    number, shown = tel(row.dialled), escape(row.phone)
    return f'<a href="tel:{number}">{shown}</a>' if number else shown


def _invite(pk: int, name: str, words: Words) -> str:
    return (
        f'<button id="invite-{pk}" class="btn btn-sm row-action" type="submit" form="one" name="contact" value="{pk}" '
        f'hx-post="{words.activate_url}" hx-include="#one" hx-swap="none" hx-disabled-elt="this" '
        f'aria-label="{words.send_to_name.replace("{name}", name)}">{words.mail_icon}{words.send}</button>'
    )


@lru_cache(maxsize=1000)
def _state(state: Badge) -> str:
    drawn = badge(state.kind, state.text)
    colour = "text-danger" if state.is_trouble else "text-secondary"
    title = f' title="{escape(state.since)}"' if state.since else ""
    detail = escape(state.detail)
    return f'{drawn} <small class="{colour}"{title}>· {detail}</small>' if detail else drawn


@cache
def _words(language: str) -> Words:
    """Looked up once per `language`, which is the one spoken now."""
    said = {
        "job_title": _("Job title"),
        "company": _("Company"),
        "email": _("Email"),
        "phone": _("Phone"),
        "state": _("State"),
        "send": _("Send activation email"),
        "select_name": _("Select {name}"),
        "send_to_name": _("Send activation email to {name}"),
        "more_for_name": _("Actions for {name}"),
        "activate_url": reverse("contacts:activate"),
    }
    icons = {"mail_icon": lucide("mail", size=16), "more_icon": lucide("ellipsis", size=18)}
    return Words(**{name: escape(text) for name, text in said.items()}, **icons)
