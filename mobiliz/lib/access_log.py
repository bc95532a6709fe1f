"""The web server's own log of requests, without the tokens of personal links."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from mobiliz.lib.logs import without_token


class AccessLog(Logger):
    """Named to gunicorn by `--logger-class`."""

    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        atoms = super().atoms(*args, **kwargs)
        return {name: without_token(one) if isinstance(one, str) else one for name, one in atoms.items()}
