"""The question that stands in a form once it shows that another structure helps the person already."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from referrals.forms.elsewhere import ElsewhereForm
from referrals.models import ElsewhereAnswer
from referrals.transitions import ElsewhereInput, HelpedElsewhere


def question(request: HttpRequest, helped: HelpedElsewhere | None) -> dict[str, Any]:
    """For the page; with what was answered once it stood there: the first time it shows nothing is wrong yet."""
    return {"helped": helped, "elsewhere": _form(request) if helped else None}


def said(request: HttpRequest) -> ElsewhereInput | None:
    form = _form(request)
    if not form.is_valid():
        return None
    given = form.cleaned_data
    return ElsewhereInput(answer=ElsewhereAnswer(given["elsewhere"]), words=given["elsewhere_words"])


def _form(request: HttpRequest) -> ElsewhereForm:
    return ElsewhereForm(request.POST if "elsewhere_words" in request.POST else None)
