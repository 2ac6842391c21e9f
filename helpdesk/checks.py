"""What `manage.py check --deploy` refuses, and what no database may be like. Those that ask a server run with --database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections

from helpdesk.running import demo

LEAST_KEY_LENGTH = 50
LEAST_KEY_VARIETY = 5
LOCAL_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
PATIENCE = 0.5  # seconds


@register(Tags.security, deploy=True)
def settings_are_fit_for_the_world(**_kwargs: Any) -> list[CheckMessage]:
    """One error for each setting that only suits a laptop."""
    return [Error(text, hint=hint, id=number) for is_wrong, text, hint, number in UNFIT if is_wrong()]


def has_weak_key() -> bool:
    """Whether the key is short, monotonous, or the sample of a tutorial."""
    key: str = settings.SECRET_KEY
    return (
        len(key) < LEAST_KEY_LENGTH
        or len(set(key)) < LEAST_KEY_VARIETY
        or key.startswith(("django-insecure-", "change"))
    )


def has_open_hosts() -> bool:
    """Whether any `Host` header, or none, is accepted."""
    return not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS


def has_insecure_cookies() -> bool:
    return not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE)


def has_separate_memories() -> bool:
    """Whether several web processes would each count attempts by themselves."""
    return settings.WEB_PROCESSES > 1 and any(cache["BACKEND"] == LOCAL_MEMORY for cache in settings.CACHES.values())


UNFIT: Sequence[tuple[Callable[[], bool], str, str, str]] = (
    (lambda: settings.DEBUG, "DEBUG is on: error pages would show settings and data.", "Unset DEBUG.", "helpdesk.E001"),
    (
        has_weak_key,
        "SECRET_KEY is short or a sample: sessions and links could be forged.",
        "Unset it (one is made at the first start), or set 50 or more random characters.",
        "helpdesk.E002",
    ),
    (
        has_open_hosts,
        "ALLOWED_HOSTS is empty or *: any Host header would be believed.",
        "Name the hosts, or unset it (the host of BASE_URL is then used).",
        "helpdesk.E003",
    ),
    (
        lambda: not os.environ.get("BASE_URL"),
        "BASE_URL is not set: links in letters would lead nowhere.",
        "Set it, for example BASE_URL=https://helpdesk.example.com.",
        "helpdesk.E004",
    ),
    (
        has_insecure_cookies,
        "Cookies are sent over plain HTTP too.",
        "Let BASE_URL begin with https://.",
        "helpdesk.E005",
    ),
    (
        has_separate_memories,
        "Several web processes on a local-memory cache: limits on attempts would not hold.",
        "Use the database cache or Redis, or WEB_PROCESSES=1.",
        "helpdesk.E006",
    ),
)


@register(Tags.database, deploy=True)
def nobody_knows_a_password(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Demo accounts have a password that everyone knows."""
    if not databases or not _demo_is_present():
        return []
    return [Error("There are demo accounts.", hint="Remove them: manage.py demo --remove.", id="helpdesk.E007")]


@register(Tags.database, deploy=True)
def redis_keeps_messages(**_kwargs: Any) -> list[CheckMessage]:
    """A Redis that evicts keys when full loses messages silently."""
    if not settings.REDIS_URL:
        return []
    policy = _eviction_policy()
    if policy == "noeviction":
        return []
    hint = "Set maxmemory-policy to noeviction in Redis, and let REDIS_URL lead to it."
    return [Error(f"Redis does not say that it keeps what it is given ({policy}).", hint=hint, id="helpdesk.E008")]


@register(Tags.database)
def databases_know_hangul(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL must store all of Unicode and take Hangul for letters, else search finds no Korean name."""
    return [message for alias in databases or () for message in _about_hangul(alias)]


def _about_hangul(alias: str) -> Iterator[CheckMessage]:
    connection = connections[alias]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_encoding') = 'UTF8' AND '홍' ~ '^[[:alpha:]]$'")
        if not cursor.fetchone()[0]:
            hint = "Create it anew: CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0."
            yield Error(
                "The database does not take Hangul for letters: its locale is C, or it is not UTF-8.",
                hint=hint,
                id="helpdesk.E009",
            )


def _demo_is_present() -> bool:
    try:
        return demo.is_present()
    except DatabaseError:  # no tables yet: nobody is in them
        return False


def _eviction_policy() -> str:
    """Redis's own word, or why it could not be asked."""
    import redis  # a tenth of a second, which a helpdesk without it need not wait

    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as client:
            return str(client.info("memory").get("maxmemory_policy", "unknown"))
    except redis.RedisError as error:
        return f"it could not be asked: {error}"
