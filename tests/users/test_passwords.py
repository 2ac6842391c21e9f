"""What a password may not be, as people are told."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "This password is too short: it needs at least 10 characters."),
        ("ko", "비밀번호가 너무 짧습니다. 10자 이상이어야 합니다."),
    ],
)
def test_a_short_password_is_told_how_long_it_must_be(language: str, told: str) -> None:
    with translation.override(language), pytest.raises(ValidationError) as refused:
        validate_password("quite-a-1")
    assert refused.value.messages == [told]
