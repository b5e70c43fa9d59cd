"""Django's settings, derived from ``configuration.Settings``; what is set here by hand is how the site is built.

Without ``STATLAS_HOME`` (tools, tests) nothing is read from or written to disk: the site's database is in memory and
the secret lasts as long as the process.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

from statlas import wording
from statlas.store import Home
from statlas.web import access_log, database_url, email_url, openid_connect
from statlas.web.configuration import Settings

STATLAS = Settings.from_environment()
wording.speak(STATLAS.language)
_HERE = Path(__file__).parent


def _secret(home: Path | None) -> str:
    return get_random_secret_key() if home is None else Home(home).secret("django", 32).hex()


def _database() -> dict[str, Any]:
    """PostgreSQL where one is named, else SQLite in the home."""
    if STATLAS.database_url:
        return database_url.read(STATLAS.database_url)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": STATLAS.home / "site.sqlite3" if STATLAS.home else ":memory:",
        "OPTIONS": {
            # A writer waits its turn instead of failing half-way; readers are not stopped by it.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


DEBUG = False
SECRET_KEY = _secret(STATLAS.home)
ROOT_URLCONF = "statlas.web.urls"
WSGI_APPLICATION = "statlas.web.wsgi.application"
# An address has one spelling; a slash too many is a page that is not there.
APPEND_SLASH = False

# --- who may ask, and how far the proxy is believed -------------------------------------------------------------------

ALLOWED_HOSTS = list(STATLAS.hosts)
USE_X_FORWARDED_HOST = STATLAS.behind_proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if STATLAS.behind_proxy else None
# Django sends it over HTTPS only. A browser told so of localhost would refuse every other local site.
SECURE_HSTS_SECONDS = 0 if STATLAS.is_local else STATLAS.hsts_seconds
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Categories are ticked one by one in a form: 7,264 middle-layer areas listed at once must fit (arbitrary above that).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# --- the rooms --------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "django_tasks",
    "django_tasks_db",
    "statlas.office.accounts",
    "statlas.office.acts",
    "statlas.office.calendar",
    "statlas.office.jobs",
    "statlas.office.kept",
    "statlas.office.keys",
    "statlas.office.letters",
    "statlas.office.limits",
    "statlas.office.organisations",
    "statlas.office.permalinks",
    "statlas.office.releases",
    "statlas.office.saved",
    "statlas.office.uploads",
]

MIDDLEWARE = [
    "statlas.web.access_log.AccessLog",
    "statlas.web.usage.Counted",
    "django.middleware.security.SecurityMiddleware",
    "statlas.web.compression.Compression",
    "statlas.web.assets.HashedWhiteNoise",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    # None of these touches a session until a page asks who is there; public pages never do.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "statlas.web.forgery.PageForms",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "statlas.web.explaining.ErrorPages",
    "statlas.web.accounts.privacy.PrivatePages",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [_HERE / "templates"],
        "OPTIONS": {
            "environment": "statlas.web.jinja.environment",
            "context_processors": ["statlas.web.jinja.site"],
        },
    },
    {
        # The administration alone; a page of ours is found first.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]

DATABASES = {"default": _database()}
# Shared by all processes: how often somebody tried to sign in, and which one-time code was used. Nothing else.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "attempts",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# The one queue of work that nobody waits for; the process that `serve` starts takes from it.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- who signs in -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Account"
# Over plain HTTP a cookie can be read on its way; loopback names never leave the machine.
_SECURE = not STATLAS.is_local
SESSION_COOKIE_NAME = "__Host-statlas-session" if _SECURE else "statlas-session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-statlas-form" if _SECURE else "statlas-form"
CSRF_FAILURE_VIEW = "statlas.web.explaining.forged"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# Memory-hard and part of Python itself (decision 0121).
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
_VALIDATORS = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": _VALIDATORS + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": _VALIDATORS + "CommonPasswordValidator"},
    {"NAME": _VALIDATORS + "NumericPasswordValidator"},
    {"NAME": _VALIDATORS + "UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("email",)}},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "statlas.web.accounts.adapter.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,10/15m/key",
    "signup": "20/h/ip",
    "reset_password": "20/h/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
}
MFA_ADAPTER = "statlas.web.accounts.two_factor.TwoFactor"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "statlas.web.accounts.elsewhere.Elsewhere"
SOCIALACCOUNT_STORE_TOKENS = False
# A link, not a form: the policy of scripts and forms lets no form end at another site.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": openid_connect.apps(STATLAS)}}

AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_USERNAME_CALLABLE = "statlas.web.accounts.locking.name_tried"
AXES_CLIENT_IP_CALLABLE = "statlas.web.visitor.address"
AXES_LOCKOUT_CALLABLE = "statlas.web.accounts.locking.locked_out"

# --- e-mail -----------------------------------------------------------------------------------------------------------

_MAIL = email_url.read(STATLAS.email_url)
EMAIL_BACKEND = _MAIL.pop("EMAIL_BACKEND")
globals().update(_MAIL)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = STATLAS.email_from

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
USE_I18N = False
TIME_ZONE = "Europe/London"
USE_TZ = True

_ACCESS = access_log.logging_for(STATLAS.access_log)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "bare": {"format": "{message}", "style": "{"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        # Python prints what no handler takes.
        "nowhere": {"class": "logging.NullHandler"},
        **_ACCESS["handlers"],
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # A page that is not there, a table that cannot be, another site's name: the asker's mistakes are not news.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        # They name who tried to sign in, and from where.
        "axes": {"handlers": ["nowhere"], "propagate": False},
        "allauth": {"level": "ERROR"},
        **_ACCESS["loggers"],
    },
}
