"""Every setting, read from the environment in one place.

MOBILIZ_MODE says where we are: `production` (when nothing is said), `demo`, `development` or `test`.
In production a missing value stops the start with its name; the other modes have values of their own.
"""

from pathlib import Path
from typing import Any

import environ
import structlog
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from mobiliz.lib.logs import scrubbed_exception

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MOBILIZ_MODE = env.str("MOBILIZ_MODE", default="production")
if MOBILIZ_MODE not in {"production", "demo", "development", "test"}:
    raise ImproperlyConfigured("MOBILIZ_MODE must be production, demo, development or test.")
IS_PRODUCTION = MOBILIZ_MODE == "production"


def _required(name: str, elsewhere: str) -> str:
    """The variable's value; outside production, a stand-in when it is not set."""
    value = env.str(name, default="" if IS_PRODUCTION else elsewhere)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. See .env.example for what it must hold.")
    return value


DEBUG = MOBILIZ_MODE == "development"
SECRET_KEY = _required("SECRET_KEY", "not-a-secret-outside-production-" + "x" * 32)
# First key encrypts, all decrypt: put a new key first to rotate.
FIELD_ENCRYPTION_KEYS = _required("FIELD_ENCRYPTION_KEYS", "bW9iaWxpei1kZW1vbnN0cmF0aW9uLW9ubHktMzJieXQ=").split(",")
ALLOWED_HOSTS = _required("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_ADDRESS = _required("SITE_ADDRESS", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "heroicons",
    "oauth2_provider",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "mobiliz.lib",
    "mobiliz.territory",
    "mobiliz.outbox",
    "mobiliz.accounts",
    "mobiliz.programme",
    "mobiliz.demo",
    "mobiliz.simulation",
    "eligibility",
    "garages",
    "partners",
    "referrals",
    "reporting",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "mobiliz.lib.uploads.UploadsMiddleware",  # before whatever reads a form
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mobiliz.accounts.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mobiliz.accounts.guards.SessionsMiddleware",
    "mobiliz.accounts.middleware.ActorMiddleware",
    "mobiliz.accounts.guards.SecondFactorMiddleware",
    "mobiliz.accounts.guards.CapacityMiddleware",
    "mobiliz.accounts.middleware.PrivatePagesMiddleware",
]

ROOT_URLCONF = "mobiliz.urls"
WSGI_APPLICATION = "mobiliz.wsgi.application"
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
                "mobiliz.home.page_context",
            ],
            # {% csrf_token %} says in which capacity the page was made, too
            "builtins": ["mobiliz.accounts.form_tag"],
        },
    },
]
FORM_RENDERER = "mobiliz.lib.forms.MobilizRenderer"

# --- data -------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url_config(_required("DATABASE_URL", "postgres://mobiliz@/mobiliz"))}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A desk joins some twenty tables, each by its key: looking for the best order took 34 ms, the query itself 3. What
# filters is joined first, so the order within four at a time is left to the planner, and the rest stands as written.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options", f"{env.str('PGOPTIONS', default='')} -c join_collapse_limit=4".strip()
)
DATABASES["default"]["TEST"] = {"NAME": env.str("TEST_DATABASE_NAME", default=None)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- what is counted for a while: limits of sign-in and API, across processes; pages go on when it is down -----
_broker = _required("CELERY_BROKER_URL", "memory://")
CACHES: dict[str, dict[str, Any]]
if MOBILIZ_MODE == "test" or _broker.startswith("memory://"):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
else:
    CACHES = {
        "default": {
            "BACKEND": "mobiliz.lib.cache.SharedCache",
            "LOCATION": env.str("CACHE_URL", default=_broker.replace("redis+socket://", "unix://")),
            "KEY_PREFIX": "mobiliz-cache",
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1},
        }
    }
DJANGO_REDIS_IGNORE_EXCEPTIONS = True
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

# --- language and time ------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"
# --- who publishes this site, as its legal pages say it ---------------------------------------------------------
PUBLISHER = env.str("PUBLISHER", default="")
HOST_PROVIDER = env.str("HOST_PROVIDER", default="")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="" if IS_PRODUCTION else "contact@mobiliz.example")

# Outside production the clock may be moved, so that days can pass in a test or a demonstration.
CLOCK_OFFSET_SECONDS = 0 if IS_PRODUCTION else env.int("MOBILIZ_CLOCK_OFFSET_SECONDS", default=0)

# --- static files -----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
# look when asked, not at every start: a test makes hundreds of clients
WHITENOISE_AUTOREFRESH = MOBILIZ_MODE in {"development", "test"}
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "mobiliz.lib.storage.PrivateStorage"},
    "private": {"BACKEND": "mobiliz.lib.storage.PrivateStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if IS_PRODUCTION:
    STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}

# --- files people send: photos. Served by a view to those who may see them, by no web server --------------
MEDIA_ROOT = env.str("MEDIA_ROOT", default="/var/lib/mobiliz/media" if IS_PRODUCTION else str(BASE_DIR / "media"))
UPLOAD_MAX_FILE_BYTES = 10 * 1024 * 1024
# a proxy in front lets as much through: the fields of a page, and eight photos as a telephone takes them
UPLOAD_MAX_BODY_BYTES = 100 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- who signs in -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["mobiliz.accounts.backends.PasswordBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if MOBILIZ_MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "mobiliz.accounts.passwords.NotEasilyGuessed"},
    {"NAME": "mobiliz.accounts.passwords.NotTheDemonstrationPassword"},
]
ACCOUNT_ADAPTER = "mobiliz.accounts.adapter.ClosedSignupAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# a new password ends every other session; the one in which it was chosen goes on
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# the first link, handed over by an administrator; one asked for by mail is held shorter by links.PasswordLinkTokens
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "mobiliz.accounts.links.PasswordLinkTokens"  # noqa: S105
ACCOUNT_FORMS = {
    "login": "mobiliz.accounts.entrance_forms.LoginForm",
    "reset_password": "mobiliz.accounts.entrance_forms.ResetPasswordForm",
    "change_password": "mobiliz.accounts.entrance_forms.ChangePasswordForm",
    "reset_password_from_key": "mobiliz.accounts.entrance_forms.ResetPasswordKeyForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    # wrong passwords: per network address, and per account and address, whether the account exists or not
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/15m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
# How many proxies stand before us: whose address the limits count is read from what the first of them wrote.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
# Addresses are entered by an administrator who hands over the first password link: there is nothing left to verify.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_ADAPTER = "mobiliz.accounts.adapter.SealedSecretsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Mobiliz"
MFA_TOTP_TOLERANCE = 1  # the code before and the one after too: telephones are a little early or late
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "mobiliz.accounts.entrance_forms.AuthenticateForm",
    "reauthenticate": "mobiliz.accounts.entrance_forms.ReauthenticateForm",
    "activate_totp": "mobiliz.accounts.entrance_forms.ActivateForm",
}
# Pilots and administrators sign in with a code too; only the published logins of the demonstration need not.
SECOND_FACTOR_REQUIRED = MOBILIZ_MODE not in {"demo", "test"}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "mobiliz.home.csrf_failure"

# --- what the browser may do ------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if IS_PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"  # no other host, and no page without TLS, can put one in its place
    CSRF_COOKIE_SECURE = True

# --- background work --------------------------------------------------------------------------------------
CELERY_BROKER_URL = _broker
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ALWAYS_EAGER = MOBILIZ_MODE == "test"
CELERY_BEAT_SCHEDULE = {
    "move on from garages that left": {
        "task": "referrals.tasks.move_on_from_garages_that_left",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "serve the queue": {
        "task": "referrals.tasks.serve_the_queue",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "report long waits": {
        "task": "referrals.tasks.report_long_waits",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "report what the clock gave up": {
        "task": "referrals.tasks.report_what_the_clock_gave_up",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "look at what is due": {
        "task": "referrals.tasks.look_at_what_is_due",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "tell of messages that were lost": {
        "task": "referrals.tasks.tell_of_messages_that_were_lost",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "read the queue of changes": {"task": "reporting.tasks.read_changes", "schedule": 3.0, "options": {"expires": 3}},
    "forget what was typed and left": {
        "task": "referrals.tasks.forget_what_was_not_submitted",
        "schedule": crontab(hour=3, minute=40),
    },
    "try drafts of rules on past cases": {
        "task": "eligibility.tasks.run_trials",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "replay some assessments at night": {
        "task": "eligibility.tasks.replay_a_sample",
        "schedule": crontab(hour=2, minute=40),
    },
    "recount every cell at night": {
        "task": "reporting.tasks.recount_cells",
        "schedule": crontab(hour=3, minute=15),
    },
    "deliver what is due": {"task": "mobiliz.outbox.tasks.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "gather what could wait": {
        "task": "mobiliz.outbox.tasks.gather_digests",
        "schedule": crontab(minute="5-55/10", hour="6-18"),
    },
    "forget the words of old messages": {
        "task": "mobiliz.outbox.tasks.forget_words",
        "schedule": crontab(hour=3, minute=40),
    },
    "forget links that serve no more": {
        "task": "mobiliz.outbox.tasks.forget_secrets",
        "schedule": crontab(minute="*/10"),
    },
    "answer those who forgot their password": {
        "task": "mobiliz.accounts.tasks.answer_waiting_requests",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "forget old sign-ins at night": {
        "task": "mobiliz.accounts.tasks.forget_old_sign_ins",
        "schedule": crontab(hour=3, minute=45),
    },
    "remove files of photos that are no more": {
        "task": "referrals.tasks.remove_stray_photo_files",
        "schedule": crontab(hour=3, minute=40),
    },
    "remind people of their appointments": {
        "task": "referrals.tasks.remind_of_appointments",
        "schedule": crontab(minute="5,20,35,50"),
        "options": {"expires": 900},
    },
    # before the day's messages are gathered
    "tell of answers that end soon": {
        "task": "referrals.tasks.tell_of_expiring_answers",
        "schedule": crontab(hour=5, minute=40),
    },
    "remove files of messages that never came to be": {
        "task": "referrals.tasks.remove_stray_attachments",
        "schedule": crontab(hour=3, minute=50),
    },
    "worker heartbeat": {"task": "reporting.tasks.heartbeat", "schedule": 30.0},
}

# --- e-mail -----------------------------------------------------------------------------------------------
_email = env.email_url_config(_required("EMAIL_URL", "consolemail://"))
_email_options = {
    "host": _email["EMAIL_HOST"],
    "port": _email["EMAIL_PORT"],
    "username": _email["EMAIL_HOST_USER"],
    "password": _email["EMAIL_HOST_PASSWORD"],
    "use_tls": _email.get("EMAIL_USE_TLS", False),
    "use_ssl": _email.get("EMAIL_USE_SSL", False),
    "timeout": 20,
}
_is_smtp = _email["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
MAILERS = {"default": {"BACKEND": _email["EMAIL_BACKEND"], **({"OPTIONS": _email_options} if _is_smtp else {})}}
DEFAULT_FROM_EMAIL = _required("DEFAULT_FROM_EMAIL", "Mobiliz <ne-pas-repondre@mobiliz.example>")

# --- the directory ----------------------------------------------------------------------------------------
# After so many months a contact, a garage's page or a structure's is to be confirmed again.
CONFIRMATION_MONTHS = env.int("CONFIRMATION_MONTHS", default=12)
# So many days before a structure's agreement ends, its page says so.
AGREEMENT_WARNING_DAYS = env.int("AGREEMENT_WARNING_DAYS", default=60)

# --- the API ----------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["partners.api.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["mobiliz.lib.api.policies.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["mobiliz.lib.api.policies.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mobiliz.lib.api.policies.OrjsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["mobiliz.lib.api.policies.ClientThrottle"],
    "DEFAULT_THROTTLE_RATES": {"client": "600/min"},
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "mobiliz.lib.api.problems.problem_document",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Mobiliz",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "mobiliz.lib.api.schema.add_what_every_answer_has",
    ],
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "SCOPES": {
        "directory:read": "Lire l’annuaire des garages et des structures",
        "referrals:read": "Lire les orientations de votre organisation",
        "referrals:write": "Créer et suivre les orientations de votre organisation",
        "reports:read": "Lire les totaux du réseau",
    },
    "SCOPES_BACKEND_CLASS": "partners.api.GrantedScopes",
    "OAUTH2_VALIDATOR_CLASS": "partners.api.ClientValidator",
    # knows the client-credentials grant and no other
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    # the OAuth 2 security best practice (RFC 9700), whole: tokens are stored hashed, never read from an address
    **{
        f"COMPLIANT_BCP_RFC9700_{rule}": True
        for rule in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
            "REDIRECT_URI_SCHEME",
            "REDIRECT_URI_MATCHING",
            "PKCE_REQUIRED",
        )
    },
}

# --- logs: what happened, never a family's figures --------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
_log_line: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    scrubbed_exception,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            # tracebacks without local variables and without the words of exceptions: they may hold a family's income
            "processor": structlog.processors.JSONRenderer()
            if IS_PRODUCTION
            else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
            "foreign_pre_chain": _log_line,
        }
    },
    "filters": {
        "without_words": {"()": "mobiliz.lib.logs.WithoutWords"},
        "without_tokens": {"()": "mobiliz.lib.logs.WithoutTokens"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "lines",
            "filters": ["without_words", "without_tokens"],
        }
    },
    # told to say everything, these say the arguments of tasks: addresses of people among them
    "loggers": {
        name: {"level": "INFO"} for name in ("celery", "kombu", "amqp", "django.db.backends") if LOG_LEVEL == "DEBUG"
    },
    "root": {"handlers": ["console"], "level": "WARNING" if MOBILIZ_MODE == "test" else LOG_LEVEL},
}
structlog.configure(
    processors=[
        *_log_line,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
