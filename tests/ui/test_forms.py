"""What no text field takes, and how what is wrong is shown."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from companies.models import Company
from helpdesk.ui.cleaning import clean_id, clean_line, clean_name
from helpdesk.ui.forms import Form, IdField, LineField, ModelForm, NameField
from tests.ui.gallery import GalleryForm

VALID = {"name": "김민준", "language": "ko", "password": "quiet-harbour-7"}


class CompanyNotes(ModelForm):
    class Meta:
        model = Company
        fields = ("name", "notes")


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\ud83d", "\x85"], ids=["NUL", "bell", "half a character", "C1"])
@pytest.mark.parametrize("form", [GalleryForm, CompanyNotes])
def test_text_that_cannot_be_stored_is_refused_with_the_reason(form: type[Form], bad: str) -> None:
    bound = form({**VALID, "notes": f"Hello{bad}there"})
    assert not bound.is_valid()
    assert "characters that cannot be used" in str(bound.errors["notes"])


def test_lines_tabs_emoji_and_every_script_are_taken() -> None:
    assert GalleryForm({**VALID, "notes": "a\r\n\tb 김 👩‍🚀 שלום"}).is_valid()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 김민준 ", "김민준"),
        ("ＡＢＣ\u200b 전자\u00a0", "ABC 전자"),
        ("Kim 👨\u200d👩", "Kim 👨👩"),
        ("é한", "é한"),
        ("Kim\u200b\tMin\njun", "Kim Min jun"),
    ],
)
def test_a_name_is_what_people_see_of_it(typed: str, kept: str) -> None:
    assert NameField().clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Head\tof\r\n\r\nSales\n", "Head of Sales"),
        ("a\u2028b", "a b"),
        (" 내선  12 ", "내선  12"),
        ("a\x00b\n", "a\x00b"),
    ],
)
def test_a_line_has_neither_tabs_nor_line_breaks(typed: str, kept: str) -> None:
    assert LineField().to_python(typed) == kept


@pytest.mark.parametrize("sign", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_no_name_is_read_in_another_order_than_it_is_written(sign: str) -> None:
    assert NameField().clean(f"{sign}evil {sign}Kim{sign}") == "evil Kim"


@pytest.mark.parametrize("name", ["محمد علي", "דוד כהן", "Kim (محمد)", "עברית 123 ABC"])
def test_names_written_from_right_to_left_stay_as_they_are(name: str) -> None:
    assert NameField().clean(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\ufeffＣ-１０１９８\u200b", "C-10198"),
        ("A\u00a01 \t 2", "A 1 2"),
        ("고객\u2060\u3164-1", "고객-1"),
        ("c-1\U000e0061", "c-1"),
        ("\u202eC-1\u202c", "C-1"),
        ("\u200b\u3164", ""),
    ],
)
def test_an_id_is_what_people_see_of_it(typed: str, kept: str) -> None:
    assert IdField(required=False).clean(typed) == kept


@given(st.text())
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    for clean in (clean_line, clean_name, clean_id):
        assert clean(clean(text)) == clean(text)


def test_a_name_that_nobody_can_see_is_none() -> None:
    with pytest.raises(ValidationError, match="Enter a name"):
        NameField().clean(" \u200b ")
    assert NameField(required=False).clean("\u200b") == ""


def test_over_long_text_is_refused_and_kept() -> None:
    bound = GalleryForm({**VALID, "name": "x" * 41})
    assert "at most 40 characters" in str(bound.errors["name"])
    assert "x" * 41 in bound.as_p()


def test_a_field_without_a_length_has_one_all_the_same() -> None:
    assert not GalleryForm({**VALID, "notes": "x" * 20_001}).is_valid()


def test_an_error_is_tied_to_its_field_and_listed_first_with_a_link() -> None:
    html = GalleryForm({**VALID, "name": ""}).render()
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert '<a href="#id_name">Name</a>' in html
    assert html.index('role="alert"') < html.index('for="id_name"')


def test_a_password_is_never_written_back() -> None:
    assert "quiet-harbour-7" not in GalleryForm({**VALID, "name": ""}).render()


def test_widgets_wear_the_design_and_keep_classes_of_their_own() -> None:
    class Own(Form):
        phone = forms.CharField(widget=forms.TextInput(attrs={"class": "number"}))

    assert 'class="form-control number"' in str(Own()["phone"])
    assert 'class="form-select"' in str(GalleryForm()["language"])
