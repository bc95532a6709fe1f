"""`{% csrf_token %}` also writes the capacity in which the page was made: no form is without it, and none names it."""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mobiliz.accounts.guards import FIELD

register = template.Library()


class FormTokenNode(CsrfTokenNode):
    def render(self, context: Any) -> SafeString:
        actor = getattr(context.get("request"), "actor", None)
        membership = actor.membership if actor is not None else None
        field = format_html('<input type="hidden" name="{}" value="{}">', FIELD, membership.uid) if membership else ""
        return SafeString(super().render(context) + field)


@register.tag
def csrf_token(parser: Parser, token: Token) -> FormTokenNode:
    return FormTokenNode()
