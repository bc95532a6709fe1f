from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mobiliz.accounts"
    label = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from mobiliz.accounts import second_factor, sessions  # noqa: F401 - they listen to who comes and goes
