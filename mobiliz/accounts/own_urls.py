"""Everything about one's own account: allauth's views and ours, at French addresses under /compte/.

What changes something and tells the person is one transaction: no change without its message.
"""

from allauth.account import views as account
from django.contrib.auth.decorators import login_not_required
from django.db.transaction import atomic
from django.urls import include, path, re_path

from mobiliz.accounts import my_account
from mobiliz.accounts.guards import about_oneself

urlpatterns = [
    path("", my_account.my_account, name="my_account"),
    path("lieux/<uuid:uid>/", my_account.edit_place, name="my_place"),
    path("sessions/fermer-les-autres/", my_account.end_other_sessions, name="my_sessions_end_others"),
    path("sessions/<uuid:uid>/fermer/", my_account.end_session, name="my_session_end"),
    path("mot-de-passe/", about_oneself(atomic(account.password_change)), name="account_change_password"),
    path("mot-de-passe/oublie/", login_not_required(account.password_reset), name="account_reset_password"),
    path(
        "mot-de-passe/oublie/envoye/",
        login_not_required(account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        # a slug would take the hyphens of the key
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        login_not_required(atomic(account.password_reset_from_key)),
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/nouveau/fait/",
        login_not_required(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("reconnexion/", about_oneself(account.reauthenticate), name="account_reauthenticate"),
    path("inactif/", login_not_required(account.account_inactive), name="account_inactive"),
    path("deuxieme-facteur/", include("mobiliz.accounts.mfa_urls")),
]
