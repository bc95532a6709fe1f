"""The asgi entry point of the web process."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobiliz.settings")

application = get_asgi_application()
