"""Django's settings, derived from ``configuration.Settings``; what is set here by hand is how the site is built.

Without ``STATLAS_HOME`` (tools, tests) nothing is read from or written to disk: the site's database is in memory and
the secret lasts as long as the process.
"""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

from statlas.store import Home
from statlas.web.configuration import Settings

STATLAS = Settings.from_environment()
_HERE = Path(__file__).parent


def _secret(home: Path | None) -> str:
    return get_random_secret_key() if home is None else Home(home).secret("django", 32).hex()


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
# A table's address lists its categories: 374 authorities ticked one by one must fit (arbitrary, ten times that).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000

# --- the rooms --------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "statlas.office.accounts",
    "statlas.office.keys",
    "statlas.office.limits",
    "statlas.office.saved",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
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

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": STATLAS.home / "site.sqlite3" if STATLAS.home else ":memory:",
        "OPTIONS": {
            # A writer waits its turn instead of failing half-way; readers are not stopped by it.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
# --- who signs in -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Account"
# Over plain HTTP a cookie can be read on its way; loopback names never leave the machine.
_SECURE = not STATLAS.is_local
SESSION_COOKIE_NAME = "__Host-statlas-session" if _SECURE else "statlas-session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-statlas-form" if _SECURE else "statlas-form"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
USE_I18N = False
TIME_ZONE = "Europe/London"
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # A page that is not there, a table that cannot be, another site's name: the asker's mistakes are not news.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
