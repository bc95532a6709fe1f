"""Every address of the partners' API."""

from django.urls import URLPattern, path, re_path

from garages import api as garages
from mobiliz.lib.api.documents import ApiSchema, documentation
from mobiliz.lib.api.views import nothing_here
from partners import api as partners
from referrals import api as referrals
from reporting import api as reporting

urlpatterns: list[URLPattern] = [
    path("o/token/", partners.TokenView.as_view(), name="oauth_token"),
    path("o/revoke/", partners.RevokeTokenView.as_view(), name="oauth_revoke"),
    path("api/docs/", documentation, name="api_docs"),
    path("api/v1/schema/", ApiSchema.as_view(), name="api_schema"),
    path("api/v1/garages/", garages.GarageList.as_view(), name="api_garages"),
    path("api/v1/garages/<uuid:uid>/", garages.GarageDetail.as_view(), name="api_garage"),
    path("api/v1/quote-previews/", garages.QuotePreviews.as_view(), name="api_quote_previews"),
    path("api/v1/referrals/", referrals.ReferralList.as_view(), name="api_referrals"),
    path("api/v1/referrals/<uuid:uid>/", referrals.ReferralDetail.as_view(), name="api_referral"),
    path("api/v1/reports/conversion", reporting.Conversion.as_view(), name="api_report_conversion"),
    # last: what is no address is told in JSON
    re_path(r"^api/", nothing_here, name="api_nothing"),
]
