"""Django's settings, derived from the typed environment in `escola_im.env`. Nothing here reads os.environ."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from escola_im.env import WEEKDAYS, read_env
from escola_im.logging import configure_logging, report_errors_to

ENV = read_env()
BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = ENV.mode == "production"
DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key.get_secret_value()
FIELD_KEYS = [key.strip() for key in ENV.field_keys.get_secret_value().split(",") if key.strip()]
BASE_URL = str(ENV.base_url).rstrip("/")
VAR = ENV.var.resolve()
CLOCK_FILE = ENV.clock_file
OUTBOUND_ALLOW_PRIVATE = ENV.outbound_allow_private
HOOK_MAX_BYTES = ENV.hook_max_bytes
ATTACHMENT_MAX_BYTES = ENV.attachment_max_bytes
ATTACHMENT_MAX_COUNT = ENV.attachment_max_count
TRUST_PROXY = ENV.trust_proxy
EMAIL_REPLIES = ENV.email_replies
SMS_URL = ENV.sms_url.get_secret_value()
VAPID_KEY = ENV.vapid_key.get_secret_value()
DRILL_AT = None if ENV.drill_at == "off" else (WEEKDAYS.index(ENV.drill_at[:3]), int(ENV.drill_at[4:]))
HEARTBEAT_URL = ENV.heartbeat_url.get_secret_value()
STATUS_DIR = ENV.status_dir or VAR / "status"
OFFLINE_DIR = ENV.offline_dir or VAR / "offline"
AUDIT_ANCHOR = ENV.audit_anchor or VAR / "audit" / "anchor.log"

ALLOWED_HOSTS = [host for host in [str(ENV.base_url.host), *ENV.allowed_hosts.split(",")] if host]
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_filters",
    "lucide",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "escola_im",
    "core",
    "process",
    "directory",
    "incidents",
    "notifications",
    "escalation",
    "sla",
    "statuspage",
    "privacy",
    "heartbeats",
    "figures",
    "integrations",
    "lifecycle",
    "console",
    "api",
]
MIDDLEWARE = [
    "escola_im.middleware.Outage",
    "escola_im.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "escola_im.middleware.PersonLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "escola_im.urls"
WSGI_APPLICATION = "escola_im.wsgi.application"
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
                "console.context.house",
            ],
        },
    }
]
FORM_RENDERER = "console.widgets.Renderer"


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": query.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            # lists join eight small tables in the order that is right already; trying every other order took the
            # planner up to 50 ms a page, reading the rows one
            "options": "-c join_collapse_limit=3 -c lock_timeout=4000 -c timezone=UTC"
            + f" -c statement_timeout={ENV.web_statement_timeout_ms}"
            + (" -c escola.allow_truncate=on" if ENV.mode == "test" else ""),
            **query,
        },
    }


DATABASES = {"default": _database(ENV.database_url.get_secret_value())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

REDIS_URL = ENV.redis_url.get_secret_value()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "im",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trust_proxy else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

AUTH_USER_MODEL = "directory.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "console:start"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "console.accounts.ClosedDoorAdapter"
ACCOUNT_FORMS = {
    "change_password": "console.password_forms.ChangePassword",
    "reset_password_from_key": "console.password_forms.NewPassword",
}
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# an office shares one address: somebody's wrong passwords slow down that login, and only a flood of them the address
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "60/m/ip,5/5m/key", "status_subscribe": "10/10m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(TRUST_PROXY)  # or the login throttle would count everybody as the proxy
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Escola IM"

LANGUAGE_CODE = "de-ch"
LANGUAGES = [("de-ch", _("Deutsch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["escola_im.formats"]
TIME_ZONE = "Europe/Zurich"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = ENV.static_root or VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
MEDIA_ROOT = ENV.media_root or VAR / "media"
MEDIA_URL = ""
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o600


def _email(url: str) -> dict[str, object]:
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": VAR / "mail"}
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": query.get("tls") == "1",
        "EMAIL_USE_SSL": query.get("ssl") == "1",
    }


globals().update(_email(ENV.email_url))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.auth.KeyAuthentication", "api.auth.ConsoleSession"],
    "DEFAULT_PERMISSION_CLASSES": ["api.auth.ScopedAccess"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "api.pages.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.PerKey"],
    "DEFAULT_THROTTLE_RATES": {"key": "1200/min"},
    "EXCEPTION_HANDLER": "api.errors.problem",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Escola IM",
    "DESCRIPTION": "Service desk for incident management.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PUBLIC": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "api.schema.add_common"],
    "ENUM_NAME_OVERRIDES": {
        "NoticeLanguageEnum": ["de", "fr", "it", "en"],
        "LanguageEnum": ["de", "en"],
        "LevelEnum": ["high", "medium", "low"],
        "PriorityEnum": ["critical", "high", "medium", "low"],
        "ActorKindEnum": ["person", "system", "source"],
        "ClockKindEnum": ["response", "resolution"],
        "CommentKindEnum": ["note", "message_out", "message_in"],
        "ContactKindEnum": ["support", "feature_request", "management_request", "incident"],
        "LinkKindEnum": ["duplicate", "caused_by", "related", "child"],
        "HeartbeatKindEnum": ["error", "availability", "performance", "security"],
        "SituationKindEnum": ["condition", "action", "need"],
        "CaseStateEnum": [
            *("suspected", "dpo_notified", "assessing", "confirmed", "dismissed"),
            *("notifying_schools", "reporting", "monitoring", "closed"),
        ],
        "StepStateEnum": ["calling", "acknowledged", "superseded", "exhausted"],
        "RoomRoleEnum": ["lead", "communications", "scribe"],
        "MessageChannelEnum": ["in_app", "email", "web_push", "webhook", "sms"],
    },
}

LOGGING = configure_logging(ENV.log_format, ENV.log_level)
report_errors_to(ENV.sentry_dsn.get_secret_value(), mode=ENV.mode)
