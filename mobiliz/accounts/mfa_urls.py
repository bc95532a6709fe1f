"""Second factor: allauth's views at French addresses, under the names that its own pages use."""

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.contrib.auth.decorators import login_not_required
from django.urls import path

urlpatterns = [
    path("", base.index, name="mfa_index"),
    path("verifier/", login_not_required(base.authenticate), name="mfa_authenticate"),
    path("reverifier/", base.reauthenticate, name="mfa_reauthenticate"),
    path("application/activer/", totp.activate_totp, name="mfa_activate_totp"),
    path("application/desactiver/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/nouveaux/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("codes/telecharger/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
