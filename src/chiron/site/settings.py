"""Settings of the site, read from the environment; no other module asks it.

Everything has a safe default, so that the site starts on one computer with nothing set. `chiron init` writes the
settings of a real site into one file, and `chiron serve` reads that file into the environment before this module.
"""

import hashlib
import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from csp.constants import NONE, SELF
from django.conf.locale.en_GB import formats  # type: ignore[import-untyped]  # the stubs have no locales
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from chiron.site.shared.process.environment import anchor, database, is_on, key_ring, listed, whole

# How the site is served: processes, threads in each, and seconds between "not ready" and the end of a polite stop.
CHIRON_PROCESSES = whole("CHIRON_PROCESSES", least=1, otherwise=1)
CHIRON_THREADS = whole("CHIRON_THREADS", least=1, otherwise=8 if CHIRON_PROCESSES == 1 else 4)

HERE = Path(__file__).resolve().parent
CHIRON_DIR = Path(os.environ.get("CHIRON_DIR", "") or Path.cwd() / "chiron-data").resolve()
CHIRON_DEMO = is_on("CHIRON_DEMO")
CHIRON_NAME = os.environ.get("CHIRON_NAME", "") or "Chiron mentoring"
CHIRON_CONTACT = os.environ.get("CHIRON_CONTACT", "")
CHIRON_SITE_URL = (os.environ.get("CHIRON_SITE_URL", "") or "http://127.0.0.1:8765").rstrip("/")
CHIRON_TLS_PROXY = is_on("CHIRON_TLS_PROXY")
# The addresses of our own proxies (10.0.0.5, 10.0.0.0/24): what they say about who sends a request is believed.
CHIRON_PROXIES = listed("CHIRON_PROXIES") or (["127.0.0.1", "::1"] if CHIRON_TLS_PROXY else [])
# Behind a proxy, it is given the time to notice that this server is about to stop.
CHIRON_DRAIN_SECONDS = whole("CHIRON_DRAIN_SECONDS", least=0, otherwise=5 if CHIRON_PROXIES else 0)
# Exists while this server wants no new requests; `chiron serve` makes it before it stops.
CHIRON_DRAIN_FILE = os.environ.get("CHIRON_DRAIN_FILE", "")
CHIRON_SMALL_GROUP = 10
CHIRON_SITE_HOST = urlsplit(CHIRON_SITE_URL).hostname or "127.0.0.1"

# Safety ---------------------------------------------------------------------------------------------------------------
DEBUG = False
IS_HTTPS = CHIRON_SITE_URL.startswith("https://")
# With no key given, a fresh one for this process: sign-ins end when it stops, and nothing is guessable.
SECRET_KEY = os.environ.get("CHIRON_SECRET_KEY", "") or secrets.token_urlsafe(64)
SECRET_KEY_FALLBACKS = listed("CHIRON_OLD_SECRET_KEYS")
# Keyed seals over the history, and the place outside the database that is told of them.
CHIRON_SEAL_KEYS = key_ring(os.environ.get("CHIRON_SEAL_KEYS", ""))
CHIRON_ANCHOR = anchor(os.environ.get("CHIRON_ANCHOR", "") or f"file:{CHIRON_DIR / 'anchor.txt'}")
ALLOWED_HOSTS = listed("CHIRON_HOSTS") or sorted({CHIRON_SITE_HOST, "127.0.0.1", "localhost", "[::1]"})
CSRF_TRUSTED_ORIGINS = [CHIRON_SITE_URL] if IS_HTTPS else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CHIRON_TLS_PROXY else None
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 63_072_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Browsers keep cookies by host and not by port, so each site of one computer needs names of its own.
SITE_MARK = hashlib.sha256((CHIRON_SITE_URL if IS_HTTPS else str(CHIRON_DIR)).encode()).hexdigest()[:8]
COOKIE_NAME = f"{'__Host-' if IS_HTTPS else ''}chiron-{SITE_MARK}"
SESSION_COOKIE_NAME = COOKIE_NAME
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_NAME = f"{COOKIE_NAME}-form"
DEVICE_COOKIE_NAME = f"{COOKIE_NAME}-device"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "chiron.site.shared.views.csrf_failure"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "img-src": [SELF],
    }
}

# Who runs a programme needs a passkey beside the link or the code: on where a site is real, "0" switches it off.
CHIRON_STAFF_SECOND_STEP = (
    is_on("CHIRON_STAFF_SECOND_STEP")
    if os.environ.get("CHIRON_STAFF_SECOND_STEP", "").strip()
    else IS_HTTPS and not CHIRON_DEMO
)
# Whoever runs a programme is signed out when nothing was done for so many seconds.
STAFF_IDLE_SECONDS = 30 * 60

# What the site is made of ---------------------------------------------------------------------------------------------
# Earliest stage of the lifecycle first, as in ARCHITECTURE.md; our apps come first so that our templates win.
CAPABILITIES = [
    "shared",
    "shared.jobs",
    "shared.keeping",
    "audit",
    "people",
    "notices",
    "organizations",
    "programs",
    "learning",
    "applications",
    "matching",
    "mentorships",
    "recognition",
    "outcomes",
    "home",
    "api",
]
INSTALLED_APPS = [
    *(f"chiron.site.{name}" for name in CAPABILITIES),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "chiron.site.shared.middleware.proxies",
    "chiron.site.shared.middleware.heads",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "chiron.site.shared.middleware.headers",
    "chiron.site.shared.middleware.probes",
    "chiron.site.shared.middleware.bodies",
    "chiron.site.shared.middleware.rush",
    "chiron.site.shared.assets.PackageAssets",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "chiron.site.programs.http.session_limits",
    "chiron.site.programs.http.second_step",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "chiron.site.shared.middleware.language_and_zone",
    "chiron.site.shared.middleware.retries",
    "chiron.site.shared.middleware.refusals",
]
ROOT_URLCONF = "chiron.site.urls"
WSGI_APPLICATION = "chiron.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "chiron.site.shared.context.page",
            ],
        },
    }
]
FORM_RENDERER = "chiron.site.shared.forms.PlainFormRenderer"
# What the top bar and the demo bar hold for a person: a function of the latest stage, so `shared` knows no stage.
NAVIGATION_SOURCE = "chiron.site.home.http.navigation_of" if find_spec("chiron.site.home.http") else ""

# Where things are kept ------------------------------------------------------------------------------------------------
DATABASES = {
    "default": database(
        os.environ.get("CHIRON_DATABASE_URL", "") or f"sqlite:///{CHIRON_DIR}/chiron.sqlite3",
        processes=CHIRON_PROCESSES,
        threads=CHIRON_THREADS,
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
MEDIA_ROOT = CHIRON_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_PERMISSIONS = 0o600
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "chiron.site.shared.assets.HashedPackageStorage"},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
MESSAGE_TAGS = {25: "good", 30: "warn", 40: "bad"}  # success, warning and error, in the words of app.css

# Signing in -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Where a form ends in the hash of a password, which takes a fifth of a second of a core.
HASHING_PATHS = frozenset(
    f"/account/{path}/" for path in ("login", "reauthenticate", "password/change", "password/set")
)
PASSWORD_HASHERS = ["chiron.site.shared.process.hashing.PatientHasher"]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "chiron.site.people.http.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# Nobody signs up alone; allauth reads here whether its sign-in page asks for a password.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PREVENT_ENUMERATION = True
# A stranger who types an address gets the same page: the adapter writes their mail, to nobody.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
# Our own limits count in the database, over all processes, and cannot be used to lock somebody else out.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
# Django's own: the link dies with the address and the password, and no second table of addresses is filled.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 -- a class
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = 0  # REMOTE_ADDR is the sender already, see shared.middleware.proxies
OUR_FORMS = "chiron.site.people.forms"
ACCOUNT_FORMS = {
    "login": f"{OUR_FORMS}.LoginForm",
    "request_login_code": f"{OUR_FORMS}.RequestLoginCodeForm",
    "confirm_login_code": f"{OUR_FORMS}.ConfirmLoginCodeForm",
    "reauthenticate": f"{OUR_FORMS}.ReauthenticateForm",
    "change_password": f"{OUR_FORMS}.ChangePasswordForm",
    "set_password": f"{OUR_FORMS}.SetPasswordForm",
    "reset_password": f"{OUR_FORMS}.ResetPasswordForm",
    "reset_password_from_key": f"{OUR_FORMS}.ResetPasswordKeyForm",
}
MFA_FORMS = {
    "authenticate": f"{OUR_FORMS}.AuthenticateForm",
    "reauthenticate": f"{OUR_FORMS}.ProveAgainForm",
    "add_webauthn": f"{OUR_FORMS}.AddPasskeyForm",
    "edit_webauthn": f"{OUR_FORMS}.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True

# Mail -----------------------------------------------------------------------------------------------------------------
MAIL = urlsplit(os.environ.get("CHIRON_EMAIL_URL", ""))
CHIRON_CAN_MAIL = bool(MAIL.scheme) and not CHIRON_DEMO
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if CHIRON_CAN_MAIL else 'dummy'}.EmailBackend"
EMAIL_HOST = MAIL.hostname or "127.0.0.1"
EMAIL_PORT = MAIL.port or {"smtps": 465, "smtp+tls": 587}.get(MAIL.scheme, 25)
EMAIL_HOST_USER = unquote(MAIL.username or "")
EMAIL_HOST_PASSWORD = unquote(MAIL.password or "")
EMAIL_USE_SSL = MAIL.scheme == "smtps"
EMAIL_USE_TLS = MAIL.scheme == "smtp+tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("CHIRON_EMAIL_FROM", "") or f"{CHIRON_NAME} <mentoring@{CHIRON_SITE_HOST}>"

# Language and time ----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
# With one language every word is its own translation; to look each up would cost a fifth of a page.
USE_I18N = len(LANGUAGES) > 1
# Days and times as they are written and typed here, beside the form that browsers send.
DATE_FORMAT, TIME_FORMAT, DATETIME_FORMAT = formats.DATE_FORMAT, formats.TIME_FORMAT, formats.DATETIME_FORMAT
SHORT_DATE_FORMAT, SHORT_DATETIME_FORMAT = formats.SHORT_DATE_FORMAT, formats.SHORT_DATETIME_FORMAT
YEAR_MONTH_FORMAT, MONTH_DAY_FORMAT = formats.YEAR_MONTH_FORMAT, formats.MONTH_DAY_FORMAT
DATE_INPUT_FORMATS = [*formats.DATE_INPUT_FORMATS, "%Y-%m-%d"]
DATETIME_INPUT_FORMATS = [*formats.DATETIME_INPUT_FORMATS, "%Y-%m-%d"]
FIRST_DAY_OF_WEEK = formats.FIRST_DAY_OF_WEEK
TIME_ZONE = os.environ.get("CHIRON_TIME_ZONE", "") or "Europe/London"
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(f"CHIRON_TIME_ZONE is {TIME_ZONE!r}. Write a place, for example Europe/London.")
USE_TZ = True

# Logs: to the terminal, with no personal data in them -----------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "chiron.site.shared.process.logs.WithoutPersonalData"}},
    "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["terminal"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["terminal"], "level": "ERROR", "propagate": False},
        "django.request": {"level": "CRITICAL" if CHIRON_DEMO else "ERROR"},
        "chiron": {"level": os.environ.get("CHIRON_LOG_LEVEL", "") or "WARNING"},
    },
}
