"""Every address of the pages; those of the API are in `api_urls`."""

from allauth.account import views as account
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path

from mobiliz import home

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    path("readyz", home.readyz, name="readyz"),
    path("bureau/", home.desk, name="desk"),
    path("connexion/", login_not_required(account.login), name="account_login"),
    path("deconnexion/", login_not_required(account.logout), name="account_logout"),
    path("inscription/", home.signup_closed, name="account_signup"),
    path("compte/mot-de-passe/", account.password_change, name="account_change_password"),
    path(
        "compte/mot-de-passe/oublie/",
        login_not_required(account.password_reset),
        name="account_reset_password",
    ),
    path(
        "compte/mot-de-passe/oublie/envoye/",
        login_not_required(account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        # a slug would take the hyphens of the key
        r"^compte/mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        login_not_required(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "compte/mot-de-passe/nouveau/fait/",
        login_not_required(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("compte/reconnexion/", account.reauthenticate, name="account_reauthenticate"),
    path("compte/inactif/", login_not_required(account.account_inactive), name="account_inactive"),
    path("compte/deuxieme-facteur/", include("mobiliz.accounts.mfa_urls")),
    path("comptes/", include("mobiliz.accounts.urls")),
    path("communes/", include("mobiliz.territory.urls")),
    path("garages/", include("garages.urls")),
    path("structures/", include("partners.urls")),
    path("", include("referrals.urls")),
    path("tableau-de-bord/", include("reporting.urls")),
    path("", include("mobiliz.api_urls")),
]

if settings.MOBILIZ_MODE != "production":
    urlpatterns += [path("composants/", home.components, name="components")]

handler400 = "django.views.defaults.bad_request"
