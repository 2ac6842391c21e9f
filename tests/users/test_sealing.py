"""Second steps are kept sealed, outlive a change of the secret, and never become guessable when it is lost."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client, override_settings

from helpdesk.team.actions.mfa import seal_anew
from helpdesk.users.sealing import Unreadable, is_current, seal, unseal
from tests.factories import make_agent
from tests.test_signin import code_of, come_in, is_in, with_second_step

LATER = "the-next-secret-of-this-house-which-is-long-enough"


def test_comes_back_as_it_was_and_looks_different_each_time() -> None:
    assert unseal(seal("seed 김")) == "seed 김"
    assert seal("seed") != seal("seed")
    assert "seed" not in seal("seed")


def test_another_secret_does_not_open_it() -> None:
    kept = seal("seed")
    with override_settings(SECRET_KEY=LATER), pytest.raises(Unreadable):
        unseal(kept)


def test_a_former_secret_opens_but_is_not_current(settings: object) -> None:
    kept = seal("seed")
    with override_settings(SECRET_KEY=LATER, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):  # type: ignore[attr-defined]
        assert unseal(kept) == "seed"
        assert not is_current(kept)
        assert is_current(seal("seed"))


def test_what_was_never_sealed_is_read_as_it_is() -> None:
    assert unseal("JBSWY3DPEHPK3PXP") == "JBSWY3DPEHPK3PXP"
    assert not is_current("JBSWY3DPEHPK3PXP")


@pytest.mark.parametrize("kept", ["sealed:", "sealed:gAAAA", "sealed:한글"])
def test_a_damaged_seal_is_unreadable(kept: str) -> None:
    with pytest.raises(Unreadable):
        unseal(kept)


@pytest.mark.django_db
class TestSecondSteps:
    def test_no_seed_stands_in_the_database(self) -> None:
        agent = make_agent()
        secret = with_second_step(agent)
        kept = [row.data for row in Authenticator.objects.filter(user=agent).order_by("type")]
        assert [sorted(data)[0] for data in kept] == ["seed", "secret"]
        assert all(is_current(data.get("secret") or data["seed"]) for data in kept)
        assert secret not in str(kept)

    def test_both_outlive_a_change_of_the_secret(self, client: Client, settings: object) -> None:
        agent = make_agent()
        secret, codes = with_second_step(agent), _codes(agent.pk)
        with override_settings(SECRET_KEY=LATER, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):  # type: ignore[attr-defined]
            assert seal_anew() == 2
            assert seal_anew() == 0
        with override_settings(SECRET_KEY=LATER):
            come_in(client, agent)
            client.post("/login/code/", {"code": code_of(secret)})
            assert is_in(client, agent)
            assert _codes(agent.pk) == codes

    def test_those_of_old_are_sealed_by_and_by_and_work_meanwhile(self, client: Client) -> None:
        agent, secret = make_agent(), str(generate_totp_secret())
        Authenticator.objects.create(user=agent, type="totp", data={"secret": secret})
        come_in(client, agent)
        client.post("/login/code/", {"code": code_of(secret)})
        assert is_in(client, agent)
        assert seal_anew() == 1
        assert TOTP(Authenticator.objects.get()).instance.data["secret"].startswith("sealed:")

    def test_with_the_secret_lost_no_code_fits_and_nothing_breaks(self, client: Client) -> None:
        agent = make_agent()
        secret = with_second_step(agent)
        before = {row.pk: row.data for row in Authenticator.objects.all()}
        with override_settings(SECRET_KEY=LATER):
            come_in(client, agent)
            assert client.post("/login/code/", {"code": code_of(secret)}).status_code == 200
            assert not is_in(client, agent)
            assert seal_anew() == 0
        assert {row.pk: row.data for row in Authenticator.objects.all()} == before


def _codes(user_id: int) -> list[str]:
    kept = Authenticator.objects.get(user_id=user_id, type="recovery_codes")
    return list(RecoveryCodes(kept).get_unused_codes())
