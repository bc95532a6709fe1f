from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mobiliz.accounts"
    label = "accounts"
    verbose_name = "Comptes"
