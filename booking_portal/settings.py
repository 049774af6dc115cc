"""Every setting of the portal, from environment variables.

Variables may also stand in `.local/env`, which the demo writes; real variables win. Nothing that
must be secret has a default: without the demo's file, SECRET_KEY and FIELD_KEYS have to be given.
"""

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
import pghistory
import pgtrigger
from csp.constants import NONE, SELF

from booking_portal import embedded
from booking_portal.schedule import beat_schedule

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = embedded.local_dir()

env = environ.Env()
if (LOCAL_DIR / "env").exists():
    env.read_env(LOCAL_DIR / "env")

# Who we are

DEMO = env.bool("DEMO", default=False)
DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
FIELD_KEYS = env.list("FIELD_KEYS")
"""Fernet keys for national identity numbers; the first encrypts, all decrypt."""

BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
_base = urlsplit(BASE_URL)
BASE_SCHEME = _base.scheme
BASE_NETLOC = _base.netloc
BASE_DOMAIN = _base.hostname or "localhost"
API_URL = env.str("API_URL", default=f"{BASE_SCHEME}://api.{BASE_NETLOC}/sync/v1/")
API_NETLOCS = [urlsplit(API_URL).netloc]
ALLOWED_HOSTS = [f".{BASE_DOMAIN}", urlsplit(API_URL).hostname or BASE_DOMAIN]

# The house

INSTALLED_APPS = [
    "clinics",
    "notifications",
    "scheduling",
    "sync_api",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "pgtrigger",
    "pghistory",
    "django_hosts",
    "django_htmx",
    "phonenumber_field",
    "csp",
    "ninja",
]
MIDDLEWARE = [
    "booking_portal.middleware.KnownHost",
    "django_hosts.middleware.HostsRequestMiddleware",
    "sync_api.answers.ApiAnswers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "booking_portal.middleware.ContentPolicy",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "booking_portal.middleware.Sessions",
    "clinics.tenancy.OrganisationMiddleware",
    "clinics.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "booking_portal.middleware.Authentication",
    "booking_portal.middleware.Messages",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_hosts.middleware.HostsResponseMiddleware",
]
ROOT_URLCONF = "booking_portal.urls.portal"
ROOT_HOSTCONF = "booking_portal.hosts"
DEFAULT_HOST = "nowhere"
WSGI_APPLICATION = "booking_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Signing in: the clinics' people and the operator

AUTH_USER_MODEL = "clinics.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "/manage/login/"
LOGIN_REDIRECT_URL = "/manage/"
LOGOUT_REDIRECT_URL = "/manage/login/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_ADAPTER = "clinics.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"login": "clinics.sign_in.MemberLogin"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "clinics.sign_in.SecondFactorAdapter"
MFA_FORMS = {"authenticate": "clinics.sign_in.CodeForm", "reauthenticate": "clinics.sign_in.CodeAgainForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = BASE_SCHEME != "https"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "clinics.sign_in.refused_too_often"
AXES_USERNAME_CALLABLE = "clinics.sign_in.typed_email"
AXES_CLIENT_IP_CALLABLE = "clinics.remote_address.known_address"
AXES_SENSITIVE_PARAMETERS = ["login", "password"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "clinics_attempts",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
"""How often somebody has tried: in the database, so that all processes count together."""

# Every change by the clinics' people, with who made it

PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="+", related_query_name="+")
PGHISTORY_LEVEL = pgtrigger.Statement

# PostgreSQL: the truth

DATABASES = {
    "default": environ.Env.db_url_config(
        env.str("DATABASE_URL", default="") or embedded.database_url(), engine="booking_portal.database"
    )
}
_pool_size = env.int("DATABASE_POOL_SIZE", default=0)
if _pool_size:
    # The URL may have brought options of its own: the embedded server's socket is one.
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": _pool_size,
        "timeout": 10,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# What every visitor asks is planned once a connection; not behind a pooler that changes it in between.
DATABASES["default"].setdefault("OPTIONS", {})["prepares"] = env.bool("PREPARED_STATEMENTS", default=True)

# Redis and Celery: the bell

REDIS_URL = env.str("REDIS_URL", default="") or embedded.redis_url()
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "visibility_timeout": 300,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(LOCAL_DIR / "celerybeat-schedule")
MESSAGE_SWEEP_SECONDS = env.float("MESSAGE_SWEEP_SECONDS", default=15)
"""How often beat looks for messages that no bell rang for."""
CELERY_BEAT_SCHEDULE = beat_schedule(message_sweep_seconds=MESSAGE_SWEEP_SECONDS)

# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("fi", "Suomi"), ("sv", "Svenska"), ("nb", "Norsk bokmål"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "booking_portal.formats"
USE_TZ = True
TIME_ZONE = "UTC"
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# Files

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# What browsers are told

_secure = BASE_SCHEME == "https"
_cookie_prefix = "__Host-" if _secure else ""
SESSION_COOKIE_NAME = f"{_cookie_prefix}session"
SESSION_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_cookie_prefix}csrf"
CSRF_COOKIE_SECURE = _secure
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "clinics.error_pages.csrf_failure"
LANGUAGE_COOKIE_NAME = f"{_cookie_prefix}language"
LANGUAGE_COOKIE_SECURE = _secure
VISITOR_COOKIE_NAME = f"{_cookie_prefix}visitor"
LOGIN_COOKIE_NAME = f"{_cookie_prefix}login"
CONSENT_COOKIE_NAME = f"{_cookie_prefix}measuring"
EID_COOKIE_NAME = f"{_cookie_prefix}eid"
SECURE_SSL_REDIRECT = _secure
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_HSTS_SECONDS = 63_072_000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}

# Messages: what leaves by e-mail and SMS

MESSAGES_FILE = env.str("MESSAGES_FILE", default="")
"""In the demo every message is appended here as a line of JSON instead of being sent."""

EMAIL_PROVIDER = env.str("EMAIL_PROVIDER", default="")
"""A provider of e-mail that django-anymail knows, in its words: postmark, mailgun, sendgrid…"""
ANYMAIL = {"REQUESTS_TIMEOUT": 10, **json.loads(env.str("EMAIL_PROVIDER_SETTINGS", default="") or "{}")}
"""What django-anymail needs for it, by its names: an object of JSON."""
EMAIL_TRANSPORT = env.str(
    "EMAIL_TRANSPORT", default="file" if DEMO else "anymail" if EMAIL_PROVIDER else "smtp"
)
SMS_TRANSPORT = env.str("SMS_TRANSPORT", default="") or ("file" if DEMO else "twilio")
MESSAGE_CLAIM_SECONDS = env.int("MESSAGE_CLAIM_SECONDS", default=90)
"""How long a worker may take over one message before it is thought dead and another looks after it."""
HOOKS_URL = f"{BASE_SCHEME}://hooks.{BASE_NETLOC}"
"""The public address of the host that providers call."""
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_BACKEND = "notifications.mail_backend.OutboxBackend"
"""What the house itself writes by e-mail (invitations, new passwords) leaves by the outbox too."""
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"noreply@{BASE_DOMAIN}")
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_API_URL = env.str("TWILIO_API_URL", default="")
"""Where Twilio's API answers, if not at Twilio: tests point it at a local server."""
LINK_API_URL = env.str("LINK_API_URL", default="") or "https://wsx.sp247.net/sms"
"""Which of its servers LINK Mobility has assigned to the operator."""
LINK_CREDENTIALS = {
    "username": env.str("LINK_USERNAME", default=""),
    "password": env.str("LINK_PASSWORD", default=""),
    "platform_id": env.str("LINK_PLATFORM_ID", default=""),
    "platform_partner_id": env.str("LINK_PLATFORM_PARTNER_ID", default=""),
    "gate_id": env.str("LINK_GATE_ID", default=""),
    "server": LINK_API_URL,
}

RECAPTCHA_PUBLIC_KEY = env.str("RECAPTCHA_PUBLIC_KEY", default="")
RECAPTCHA_PRIVATE_KEY = env.str("RECAPTCHA_PRIVATE_KEY", default="")
RECAPTCHA_DOMAIN = env.str("RECAPTCHA_DOMAIN", default="www.google.com")
RECAPTCHA_VERIFY_REQUEST_TIMEOUT = 5

HOLDS_PER_ADDRESS = env.int("HOLDS_PER_ADDRESS", default=40)
"""Times that may be held at once from one remote address: a whole waiting room may share one."""

LOGIN_CODES_PER_ADDRESS = env.int("LOGIN_CODES_PER_ADDRESS", default=40)
"""Codes to log in with that may be asked for from one remote address within an hour."""

SYNC_REQUESTS_PER_SECOND = env.int("SYNC_REQUESTS_PER_SECOND", default=50)
"""Requests of one agent to one process; twenty times as many may come at once."""

SMS_PER_ADDRESS = env.int("SMS_PER_ADDRESS", default=40)
"""SMS of one organisation that may be asked for from one remote address within an hour."""

SMS_PER_BLOCK = env.int("SMS_PER_BLOCK", default=30)
"""SMS of one organisation to the hundred numbers that differ in the last two digits, within an hour."""

SMS_PRICES = {
    country: round(float(price) * 10_000)
    for country, price in env.dict("SMS_PRICES", default={"FI": "0.07", "SE": "0.06", "NO": "0.06"}).items()
}
"""What one part of an SMS costs by country, in ten-thousandths; elsewhere twice the dearest."""

# Electronic identity: a provider of OpenID Connect, off without an issuer

EID_ISSUER = env.str("EID_ISSUER", default="")
EID_CLIENT_ID = env.str("EID_CLIENT_ID", default="")
EID_PRIVATE_KEY = env.str("EID_PRIVATE_KEY", default="", multiline=True)
EID_PRIVATE_KEY_FILE = env.str("EID_PRIVATE_KEY_FILE", default="")
EID_SCOPE = env.str("EID_SCOPE", default="") or "openid profile"
EID_ACR = {
    "FI": env.str("EID_ACR_FI", default="") or "urn:grn:authn:fi:all",
    "SE": env.str("EID_ACR_SE", default="") or "urn:grn:authn:se:bankid",
    "NO": env.str("EID_ACR_NO", default="") or "urn:grn:authn:no:bankid",
}
"""What is asked for in each country, with spaces between; the provider's answer has to name one of them."""
EID_NATIONAL_ID_CLAIM = {
    "FI": env.str("EID_NATIONAL_ID_CLAIM_FI", default="") or "hetu",
    "SE": env.str("EID_NATIONAL_ID_CLAIM_SE", default="") or "ssn",
    "NO": env.str("EID_NATIONAL_ID_CLAIM_NO", default="") or "socialno",
}
EID_CALLBACK_URL = f"{BASE_SCHEME}://login.{BASE_NETLOC}/eid/callback/"
EID_SECONDS = 5
"""How long the provider may take over one answer."""

STEP_COUNT_SECONDS = env.float("STEP_COUNT_SECONDS", default=30)
"""How long a process keeps in memory how often each step's page was shown, before it writes that down."""

# The waiting list

OFFER_MINUTES = env.int("OFFER_MINUTES", default=30)
"""How long a time that became free is held for who waits for one."""
OFFER_NOTICE_HOURS = env.int("OFFER_NOTICE_HOURS", default=3)
"""A time is not offered any more when it begins sooner than this after the last moment to answer."""
WISH_KEEP_DAYS = env.int("WISH_KEEP_DAYS", default=3)
"""Days after which a wish is deleted that has ended or whose last day has passed."""

# Watching over it

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
"""Who says it reads the metrics at the operator's host; without it there are none."""
METRICS_KEEP_SECONDS = env.float("METRICS_KEEP_SECONDS", default=5)
"""How long a process says what it found last."""

# What is written down about the running

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"axes": {"level": "ERROR"}},  # it would name who mistyped a password
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
