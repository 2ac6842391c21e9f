"""Settings, all from the environment; the defaults suit a laptop (PRODUCT 4)."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from helpdesk import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _port() -> int:
    given = env.str("PORT", default="8000")
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise ImproperlyConfigured(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


# --- Where things are -------------------------------------------------------------------------------------------
DATA_DIR = Path(env.str("HELPDESK_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
VENDOR_DIR = Path(env.str("HELPDESK_VENDOR_DIR", default=str(BASE_DIR / "var" / "vendor")))
MAIL_DIR = DATA_DIR / "mail"

HOST = env.str("HOST", default="127.0.0.1")
PORT = _port()
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
BASE_URL = env.str("BASE_URL", default=f"http://{'127.0.0.1' if HOST not in LOOPBACK_HOSTS else HOST}:{PORT}").rstrip(
    "/"
)
BASE_HOST = urlsplit(BASE_URL).hostname or "127.0.0.1"
IS_LOOPBACK = BASE_HOST in LOOPBACK_HOSTS
IS_HTTPS = BASE_URL.startswith("https://")


def _secret_key() -> str:
    """The key from the environment, else one made at the first start and kept beside the data."""
    if given := env.str("SECRET_KEY", default=""):
        return str(given)
    path = DATA_DIR / "secret_key"
    if not path.exists():
        _write_new(path, secrets.token_urlsafe(64))
    return path.read_text()


def _write_new(path: Path, text: str) -> None:
    """Write `path` whole or not at all; whoever is first wins."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    with suppress(FileExistsError):
        os.link(unfinished, path)
    unfinished.unlink()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # former ones, docs/adr/0015
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=list({BASE_HOST, *(LOOPBACK_HOSTS if IS_LOOPBACK else ())}))
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
TESTING = env.bool("HELPDESK_TESTING", default=False)

# --- What is in the house ---------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_structlog",
    "lucide",
    "helpdesk",
    "helpdesk.workers",
    "helpdesk.users",
    "helpdesk.ui",
    "helpdesk.audit",
    "helpdesk.timeline",
    "helpdesk.outbox",
    "helpdesk.jobs",
    "helpdesk.exchange",
    "helpdesk.team",
    "companies",
    "contacts",
    "portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "helpdesk.middleware.StaticFiles",
    "csp.middleware.CSPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "helpdesk.middleware.known_methods",
    "helpdesk.middleware.clean_input",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "helpdesk.middleware.person",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "helpdesk.middleware.private_pages",
    "helpdesk.middleware.method_pages",
]

ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"
FORM_RENDERER = "helpdesk.ui.forms.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "helpdesk.ui.context.shared",
                "helpdesk.outbox.context.mail_banner",
            ],
            "builtins": [
                "lucide.templatetags.lucide",
                "helpdesk.ui.templatetags.ui",
                "helpdesk.ui.templatetags.kept",
                "django.templatetags.i18n",
            ],
        },
    },
]

# --- Database ---------------------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'helpdesk.sqlite3'}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
IS_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if IS_SQLITE:  # WAL and IMMEDIATE: 8 writers, no "database is locked"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;"
        " PRAGMA mmap_size=134217728; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
    }
else:
    INSTALLED_APPS.insert(0, "django.contrib.postgres")  # loads psycopg
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Searches look through what waits to be merged into the trigrams: at most so much (contacts.actions.indexing).
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c gin_pending_list_limit=64kB")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# --- People -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["helpdesk.signin.AddressBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "helpdesk.users.passwords.LongEnoughValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "helpdesk.users.passwords.NotYourEmailValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "helpdesk.sessions"
SESSION_COOKIE_NAME = "helpdesk_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_NAME = "helpdesk_csrf"
CSRF_FAILURE_VIEW = "helpdesk.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ACCOUNT_ADAPTER = "helpdesk.signin.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS: list[str] = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "helpdesk.signin.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Helpdesk"

# --- Language and time ------------------------------------------------------------------------------------------
LANGUAGES = [("en", _("English")), ("ko", _("Korean"))]
LANGUAGE_CODE = env.str("DEFAULT_LANGUAGE", default="en")
LANGUAGE_COOKIE_NAME = "helpdesk_language"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Seoul" if LANGUAGE_CODE == "ko" else "UTC")
FORMAT_MODULE_PATH = "helpdesk.formats"
PHONE_REGION = env.str("PHONE_REGION", default="KR")

# --- Files ------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("HELPDESK_STATIC_DIR", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static", *([("vendor", VENDOR_DIR)] if VENDOR_DIR.is_dir() else [])]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "helpdesk.ui.storage.StaticFiles"},
}
# Compressing is most of a first start: only what pages link to, not the maps that browsers' tools ask for.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "md", "png", "jpg", "jpeg", "gif", "webp", "woff", "woff2", "gz", "br")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["helpdesk.exchange.uploads.LimitedUpload"]

# --- Letters ----------------------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", default="")
# Without a mail server a loopback demo keeps its letters as files; anywhere else they wait (docs/adr/0005).
PLAYS_MAIL_SERVER = not EMAIL_URL and IS_LOOPBACK
HAS_MAIL_SERVER = bool(EMAIL_URL)
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
elif PLAYS_MAIL_SERVER:
    EMAIL_BACKEND = "helpdesk.outbox.eml.EmlBackend"
else:
    EMAIL_BACKEND = "helpdesk.outbox.eml.NoMailServer"
EMAIL_TIMEOUT = 15
EMAIL_FROM = env.str(
    "EMAIL_FROM", default=f"helpdesk@{BASE_HOST if '.' in BASE_HOST and not IS_LOOPBACK else 'helpdesk.example'}"
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = EMAIL_FROM
HELPDESK_NAME = env.str("HELPDESK_NAME", default="Helpdesk")
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default=EMAIL_FROM)
SUPPORT_PHONE = env.str("SUPPORT_PHONE", default="")
ACTIVATION_HOURS = env.int("ACTIVATION_HOURS", default=168)
ACCESS_LOG_DAYS = env.int("ACCESS_LOG_DAYS", default=730)  # read by helpdesk.audit.retention.days_kept only
JOB_FILE_DAYS = env.int("JOB_FILE_DAYS", default=30)
JOB_ROW_DAYS = env.int("JOB_ROW_DAYS", default=730)
EXPORT_DAYS = env.int("EXPORT_DAYS", default=7)
EXPORT_REASON = env.bool("EXPORT_REASON", default=False)
OUTBOX_LEASE_SECONDS = env.float("OUTBOX_LEASE_SECONDS", default=20.0) if TESTING else 20.0

# --- Workers ----------------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
WEB_PROCESSES = env.int("WEB_PROCESSES", default=1)
WORKER_PROCESSES = env.int("WORKER_PROCESSES", default=1)
JOBS_LEASE_SECONDS = env.float("JOBS_LEASE_SECONDS", default=12.0) if TESTING else 12.0
SPOOL_DIR = DATA_DIR / "spool"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "helpdesk"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "helpdesk.workers.tasks.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "tidy": {"task": "helpdesk.workers.tasks.tidy", "schedule": 3600.0, "options": {"expires": 3600}},
}
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 120,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 0.5,
        "socket_connect_timeout": 0.5,
        "max_retries": 0,
    }
else:
    CELERY_BROKER_URL = "spool://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(SPOOL_DIR),
        "data_folder_out": str(SPOOL_DIR),
        "control_folder": str(SPOOL_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.2,  # seconds; by default a worker needs 5 to hear a ring, and as long to end
    }
    SPOOL_DIR.mkdir(parents=True, exist_ok=True)

# --- Security headers -------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=IS_HTTPS)
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if IS_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = logs.LOGGING

# --- Errors out of the house, only when asked for ---------------------------------------------------------------
SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    logs.start_sentry(SENTRY_DSN)

SILENCED_SYSTEM_CHECKS: list[str] = []
