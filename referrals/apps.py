from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    label = "referrals"
    verbose_name = "Orientations"

    def ready(self) -> None:
        """Eligibility counts by region and does not know the directory: whoever knows both tells it where to ask."""
        from eligibility.trials import register_regions
        from partners.models import Structure

        register_regions(Structure.objects.region_names)
