"""Second factor: allauth's views at French addresses, under the names that its own pages use; each change is one
transaction with the message that tells it."""

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.contrib.auth.decorators import login_not_required
from django.db.transaction import atomic
from django.urls import path

from mobiliz.accounts import my_account
from mobiliz.accounts.guards import about_oneself

urlpatterns = [
    # allauth leads here when something is done: its place is on the page of the account
    path("", my_account.second_factor_section, name="mfa_index"),
    path("verifier/", login_not_required(base.authenticate), name="mfa_authenticate"),
    path("reverifier/", about_oneself(base.reauthenticate), name="mfa_reauthenticate"),
    path("application/activer/", about_oneself(atomic(my_account.Activate.as_view())), name="mfa_activate_totp"),
    path("application/desactiver/", about_oneself(atomic(totp.deactivate_totp)), name="mfa_deactivate_totp"),
    path("codes/", about_oneself(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "codes/nouveaux/",
        about_oneself(atomic(my_account.NewCodes.as_view())),
        name="mfa_generate_recovery_codes",
    ),
]
