"""/help/: "Contacts and companies FAQ". Answers are data; labels in them are the screens' own words, in both languages.

A step's `{placeholders}` stand for labels: each is translated by the same message as the button or field it names and
shown in bold, so an answer cannot drift from the screen. `tests/browser/test_help.py` walks through every answer by
its bold words alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from helpdesk.users.access import PersonRequest, anyone


@dataclass(frozen=True)
class Step:
    """One thing to do. `opens` names what is clicked where a step cannot name its words: a row's own name."""

    text: Promise
    labels: dict[str, str] = field(default_factory=dict)
    opens: str = ""

    def html(self) -> SafeString:
        bold = {name: format_html("<b>{}</b>", gettext(label)) for name, label in self.labels.items()}
        return format_html(str(self.text), **bold) if bold else format_html("{}", self.text)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One question. `result` tells what one sees when it is done; `more` what else is good to know."""

    slug: str
    question: Promise
    steps: tuple[Step, ...]
    intro: Promise | str = ""
    result: Promise | str = ""
    more: tuple[Promise, ...] = ()


def _step(text: Promise, **labels: str) -> Step:
    return Step(text, labels)


OPEN_CONTACTS = _step(
    _("Under {customers} in the navigation, choose {contacts}."), customers="Customers", contacts="Contacts"
)
OPEN_UNVERIFIED = _step(
    _("Left of the title, press {all}: it lists the views. Choose {unverified}."),
    all="All contacts", unverified="Unverified contacts",
)  # fmt: skip
OPEN_CONTACT = Step(_("Open the contact by pressing the name."), opens="contact")
OPEN_COMPANY = Step(_("Open the company by pressing the name."), opens="company")
SEND = "Send activation email"

ANSWERS = (
    Answer(
        slug="onboard",
        question=_("How do I give one customer access to the portal?"),
        steps=(
            OPEN_CONTACTS,
            _step(_("Press {new}."), new="New contact"),
            _step(_("Type the {name} and the {email}."), name="Name", email="Primary email"),
            _step(_("Leave {now} ticked and press {save}."), now="Send activation email now", save="Save"),
        ),
        result=_("The customer gets an email with a link, sets a password with it and signs in to the portal. Until then the contact is unverified; afterwards the profile shows when and how it was verified."),
        more=(
            _("The link works once and for a limited time, 7 days unless your helpdesk has set another. It is never needed again after the password is set."),
            _("For a contact that is there already, see “How do I send the activation email again?”"),
        ),
    ),
    Answer(
        slug="bulk",
        question=_("How do I send activation emails to many customers at once?"),
        steps=(
            OPEN_CONTACTS,
            OPEN_UNVERIFIED,
            _step(_("Tick {all}."), all="Select all"),
            _step(_("In the bar that appears, press {send}."), send=SEND),
        ),
        result=_("You are told how many emails are on their way, and for each contact that was skipped, why."),
        more=(
            _("One page holds 30 contacts, and so many get their email at once. Go to the next page for more."),
            _("Whoever is verified, has no email or got one within the last minute is skipped: nobody gets it twice by accident."),
        ),
    ),
    Answer(
        slug="resend",
        question=_("How do I send the activation email again?"),
        intro=_("When the email was lost, the link has expired, or the mail server refused it."),
        steps=(OPEN_CONTACTS, OPEN_UNVERIFIED, OPEN_CONTACT, _step(_("Press {send}."), send=SEND)),
        result=_("The new email replaces the one before: only the newest link works."),
        more=(
            _("The profile shows what became of each email: sent, failed with the mail server's own words, link opened."),
            _("Failed because the address is wrong? Change the email first; see “How do I change a contact's email?”"),
        ),
    ),
    Answer(
        slug="not-authorized",
        question=_("A customer reads “You are not authorized to access portal”. What does it mean?"),
        intro=_("The customer could not be signed in: the password is wrong, none has been set yet, or the contact is blocked or deleted. The page says the same in every case, so that nobody can find out who is a customer. You can see the reason:"),
        steps=(
            OPEN_CONTACTS,
            OPEN_UNVERIFIED,
            OPEN_CONTACT,
            _step(_("Read {why}: it names the cause and its cure."), why="Why can't this customer sign in?"),
            _step(_("If no password has been set, press {send}."), send=SEND),
        ),
        result=_("The customer sets a password with the link in the email and can sign in."),
        more=(
            _("Customers can help themselves: on the sign-in page of the portal they press “Send me an activation link”, or “Forgot password” if they have signed in before."),
        ),
    ),
    Answer(
        slug="change-email",
        question=_("How do I change a contact's email?"),
        steps=(
            OPEN_CONTACTS,
            OPEN_CONTACT,
            _step(_("Press {edit}."), edit="Edit"),
            _step(_("Type the new address as the {primary} and press {save}."), primary="Primary email", save="Save"),
        ),
        result=_("Emails go to the new address from now on. The old one is kept as a secondary email unless you choose otherwise: the customer can still sign in with it."),
        more=(
            _("An activation email that was on its way to the old address no longer works: send it again."),
            _("An address can belong to one contact only. If it is taken, you are told whose it is."),
            _("“Replace email” on the contact's profile does the same in one step, and says beforehand what it means for this customer."),
        ),
    ),
    Answer(
        slug="company-domains",
        question=_("How do new contacts find their company by themselves?"),
        intro=_("Give the company its email domains, what stands behind the @. Whoever is new and has such an address is linked to it."),
        steps=(
            _step(_("Under {customers} in the navigation, choose {companies}."), customers="Customers", companies="Companies"),
            OPEN_COMPANY,
            _step(_("Press {edit}."), edit="Edit"),
            _step(_("Type one domain per line into {domains} and press {save}."), domains="Email domains", save="Save"),
        ),
        result=_("New contacts with such an address are linked to the company. Contacts that are there already stay as they are."),
        more=(
            _("Domains where everybody can have an address, such as gmail.com or naver.com, are refused. A domain belongs to one company only."),
            _("Supervisors and admins can link those who are there already: “Apply to existing contacts” on the company's page first shows who they are."),
        ),
    ),
    Answer(
        slug="block",
        question=_("How do I keep somebody out of the portal?"),
        intro=_("For supervisors and admins."),
        steps=(OPEN_CONTACTS, OPEN_CONTACT, _step(_("Press {block}, and confirm with {block}."), block="Block")),
        result=_("Whoever was signed in is signed out, links that were sent stop working, and the contact stands under “Blocked contacts”. “Unblock” lets them in again."),
    ),
    Answer(
        slug="import",
        question=_("How do I import contacts from a file?"),
        intro=_("From CSV or Excel, with column names in English or Korean. For admins."),
        steps=(
            OPEN_CONTACTS,
            _step(_("Press {go}."), go="Import contacts"),
            _step(_("Press {upload} and choose the file, or drop it on the page."), upload="Upload a file"),
            _step(_("See which field each column becomes, correct what is not right, and press {review}."), review="Review"),
            _step(_("Under {rows}, see what would become of each row. Nothing is written yet."), rows="Rows"),
            _step(_("Press {go}."), go="Import"),
        ),
        result=_("You see how far it is, and in the end how many contacts were created, updated, skipped and failed. An email tells you, too."),
        more=(
            _("Rows that fail do not stop the others. Download them with the reasons, repair them and upload them again."),
            _("“File import guide” on the import's page tells which columns and formats there are, and has a sample file."),
            _("An admin can undo an import. What people have changed since then stays."),
        ),
    ),
    Answer(
        slug="export",
        question=_("How do I export contacts?"),
        intro=_("Export what a view, a search or a selection shows, as CSV or Excel. For supervisors and admins."),
        steps=(
            OPEN_CONTACTS,
            _step(_("Open the view or type the search you want, and press {export}."), export="Export contacts"),
            _step(_("Leave those fields ticked that you need, choose a format and press {go}."), go="Export"),
        ),
        result=_("You see how far the file is. As soon as it is ready you get an email with a link, and the page offers it for download."),
        more=(
            _("The link works for you alone, and for a limited time, 7 days unless your helpdesk has set another. The audit log keeps each download."),
            _("An apostrophe before a cell keeps your spreadsheet from running it. Importing the file again takes it away."),
        ),
    ),
)  # fmt: skip


@anyone
@require_safe
def faq(request: PersonRequest) -> HttpResponse:
    return render(request, "help/faq.html", {"answers": ANSWERS})


app_name = "help"
urlpatterns = [path("help/", faq, name="faq")]
