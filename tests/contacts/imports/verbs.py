"""An import as somebody would do it by hand: row by row, with the forms' own verbs. The set-based twin must leave the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.db.models import Q

from companies.actions import Draft as CompanyDraft
from companies.actions import create_company
from companies.models import Company, match_key_of
from contacts.actions.addresses import Taken
from contacts.actions.records import Draft, create_contact, edit_contact
from contacts.actions.standing import restore
from contacts.imports.cells import Cleaner, Wish
from contacts.models import MOST_ADDRESSES, Address, Contact
from contacts.phones import format_phone, phone_key
from contacts.tag_names import tag_key
from helpdesk.ui.sorting import name_key
from tests.contacts.imports.spreadsheet import BY

PHONES = ("work_phone", "mobile_phone")


class Fails(Exception):
    """The row fails."""


def import_rows(columns: Sequence[str], rows: Sequence[Sequence[str]], choices: Mapping[str, Any]) -> list[str]:
    """What became of each row."""
    cleaner = Cleaner(columns, columns, region="KR", clears=choices.get("blank_clears", False))
    outcomes = []
    for number, cells in enumerate(rows, 2):
        wish = cleaner.wish(number, cells)
        try:
            outcomes.append("failed" if wish.problems else _done(wish, choices))
        except (Fails, Taken):
            outcomes.append("failed")
    return outcomes


def _done(wish: Wish, choices: Mapping[str, Any]) -> str:
    contacts = _match(wish)
    if len(contacts) > 1:
        return _done_already(wish, contacts, choices)
    contact = next(iter(contacts), None)
    if contact is None:
        create_contact(_draft(wish, None, Draft(), choices), by=BY, send_activation=False)
        return "created"
    if contact.deleted_at and not choices["restore_deleted"]:
        raise Fails
    standing = Draft.of(contact)
    draft = _draft(wish, contact, standing, choices)
    if not draft.is_reachable:
        raise Fails
    if _is_same(standing, draft) and not contact.deleted_at:
        return "skipped"
    is_restored = bool(contact.deleted_at and restore(contact, by=BY))
    edited = edit_contact(contact, draft, version=contact.version, by=BY)
    if is_restored and edited.version == contact.version:  # an import counts restoring as an edit
        Contact.objects.filter(pk=contact.pk).update(version=contact.version + 1)
    return "updated"


def _done_already(wish: Wish, contacts: Sequence[Contact], choices: Mapping[str, Any]) -> str:
    """Where several share the phone: nothing to do if one of them is as the row says already."""
    for contact in contacts:
        standing = Draft.of(contact)
        own = [one for one in (standing.company, *standing.other_companies) if one]
        if contact.deleted_at or contact.name != wish.texts.get("name"):
            continue
        with suppress(Fails):
            named = [_company(name, standing, choices, is_trial=True) for name in (wish.company, *wish.others) if name]
            if all(one in own for one in named) and _is_same(standing, _draft(wish, contact, standing, choices)):
                return "skipped"
    raise Fails


def _match(wish: Wish) -> Sequence[Contact]:
    """One or nobody; several only where they share a phone."""
    found = list(Contact.objects.filter(external_id=wish.texts.get("external_id", "")))
    for key in wish.emails:
        if address := Address.objects.filter(key=key).first():
            if address.contact is None:
                raise Fails
            found.append(address.contact)
    if not wish.is_identified:
        phones = Contact.objects.filter(_has_phone(wish))
        return list(phones.filter(deleted_at=None)) or list(phones)
    if len({one.pk for one in found}) > 1:
        raise Fails
    return found[:1]


def _has_phone(wish: Wish) -> Q:
    typed = [wish.texts[name] for name in PHONES if name in wish.texts]
    if keys := [key for phone in typed if (key := phone_key(phone, "KR"))]:
        return Q(work_phone_key__in=keys) | Q(mobile_phone_key__in=keys)
    named = Q(name_key=name_key(wish.texts["name"])) if "name" in wish.texts else Q()
    return named & (Q(work_phone__in=typed) | Q(mobile_phone__in=typed))


def _draft(wish: Wish, contact: Contact | None, standing: Draft, choices: Mapping[str, Any]) -> Draft:
    texts = {name: text for name, text in wish.texts.items() if not _is_same_phone(name, getattr(standing, name), text)}
    texts |= {name: "" for name in wish.clears if isinstance(getattr(standing, name, None), str)}
    company, others = _companies(wish, standing, choices)
    return replace(
        standing,
        **texts,
        emails=_emails(wish, standing, choices),
        company=company,
        other_companies=others,
        tags=_tags(wish, standing, choices),
    )


def _is_same_phone(name: str, old: str, new: str) -> bool:
    return name in PHONES and format_phone(old, "KR") == format_phone(new, "KR")


def _emails(wish: Wish, standing: Draft, choices: Mapping[str, Any]) -> tuple[str, ...]:
    standing_keys = {email.lower(): email for email in standing.emails}
    merged = {**standing_keys, **{key: email for key, email in wish.emails.items() if key not in standing_keys}}
    if len(merged) > MOST_ADDRESSES:
        raise Fails
    if choices["primary_from_file"] and wish.has_primary:
        first = next(iter(wish.emails))
        merged = {first: merged[first], **merged}
    return tuple(merged.values())


def _tags(wish: Wish, standing: Draft, choices: Mapping[str, Any]) -> tuple[str, ...]:
    now = {tag_key(name): name for name in standing.tags}
    if "tags" in wish.clears:
        return ()
    kept = {} if choices["replace_tags"] and wish.tags else now
    wanted = {**wish.tags, **kept}
    return tuple(wanted[key] for key in sorted(wanted))


def _companies(wish: Wish, standing: Draft, choices: Mapping[str, Any]) -> tuple[Company | None, tuple[Company, ...]]:
    for name in filter(None, (wish.company, *wish.others)):
        _company(name, standing, choices, is_trial=True)
    company, others = standing.company, list(standing.other_companies)
    if wish.company:
        meant = _company(wish.company, standing, choices)
        if choices["add_company"] and company:
            others.append(meant)
        else:
            company = meant
    elif "company" in wish.clears:
        company = None
    others += [_company(name, standing, choices) for name in wish.others]
    if "other_companies" in wish.clears:
        others = []
    return company, tuple(dict.fromkeys(one for one in others if one != company))


def _company(name: str, standing: Draft, choices: Mapping[str, Any], *, is_trial: bool = False) -> Any:
    exact, alike = (
        Company.objects.filter(name_key=name_key(name)),
        Company.objects.present().filter(match_key=match_key_of(name)),
    )
    own = [one for one in (standing.company, *standing.other_companies) if one]
    if mine := [one for one in own if one.name_key == name_key(name)]:
        return mine[0]
    is_apart = choices.get("answers", {}).get(name) == "new"
    if not is_apart and not exact.exists() and (mine := [one for one in own if one in alike]):
        return mine[0]
    found = list(exact.filter(deleted_at=None)) or ([] if is_apart else list(alike))
    if len(found) > 1 or (not found and (exact.exists() or not choices["create_companies"])):
        raise Fails
    return found[0] if found else is_trial or create_company(CompanyDraft(name=name), by=BY)


def _is_same(one: Draft, other: Draft) -> bool:
    return one.as_recorded() == other.as_recorded()
