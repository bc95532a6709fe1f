"""Every address of the pages; those of the API are in `api_urls`."""

from allauth.account import views as account
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from mobiliz import home
from mobiliz.accounts.guards import about_oneself
from reporting import public

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    path("readyz", home.readyz, name="readyz"),
    path("", include("mobiliz.public.urls")),
    path("bureau/", home.desk, name="desk"),
    path("bureau/nouvelles/", home.desk_news, name="desk_news"),
    path("connexion/", login_not_required(account.login), name="account_login"),
    path("deconnexion/", login_not_required(about_oneself(account.logout)), name="account_logout"),
    path("inscription/", home.signup_closed, name="account_signup"),
    path("compte/", include("mobiliz.accounts.own_urls")),
    path("comptes/", include("mobiliz.accounts.urls")),
    path("communes/", include("mobiliz.territory.urls")),
    path("garages/", include("garages.urls")),
    path("structures/", include("partners.urls")),
    path("", include("referrals.urls")),
    path("reglages/", include("mobiliz.programme.urls")),
    path("regles/", include("eligibility.urls")),
    path("tableau-de-bord/", include("reporting.urls")),
    path("reseau/", public.network, name="network"),
    path("", include("mobiliz.api_urls")),
]

if settings.MOBILIZ_MODE != "production":
    urlpatterns += [
        path("composants/", home.components, name="components"),
        path("courriers/", include("mobiliz.outbox.urls")),
    ]

handler400 = "django.views.defaults.bad_request"
handler429 = home.too_many_requests
