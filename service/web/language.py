"""The language of an answer: the one that ``Accept-Language`` prefers, Chinese by default."""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from gis.messages import LANGUAGES, Language, Message
from service.web.form_fields import by_fields

# A language range of RFC 4647 with its weight, as RFC 9110 (12.5.4) lists them.
_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8}|\*)((?:-[A-Za-z0-9*]{1,8})*)\s*(?:;\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


def preferred_language(accept_language: str | None) -> Language:
    """The language of ours that the header weighs most; Chinese where it names none of them.

    A range stands for its primary language (``en-GB`` is answered in English), ``*`` for all that
    are not named. Of equal weights the one named first is taken; what is malformed is passed over.

    >>> preferred_language("en-GB,en;q=0.9,zh;q=0.8")
    'en'
    >>> preferred_language("fr, zh;q=0.3, en;q=0.2")
    'zh'
    >>> preferred_language("zh;q=0, *")
    'en'
    >>> preferred_language(None)
    'zh'
    """
    weights: dict[str, float] = {}
    for part in (accept_language or "").split(","):
        if match := _RANGE.fullmatch(part):
            primary, weight = match[1].lower(), float(match[3] or 1)
            weights[primary] = max(weight, weights.get(primary, 0.0))
    others = weights.get("*", 0.0)
    # A language refused by a weight of 0 ranks below one that is not named.
    weighed: dict[Language, float] = {
        language: weights.get(language, others) or -float(language in weights)
        for language in LANGUAGES
    }
    order = [language for language in weights if weights[language] > 0] + list(LANGUAGES)
    return min(LANGUAGES, key=lambda language: (-weighed[language], order.index(language)))


def language_of(scope: Scope) -> Language:
    """The language in which a request is to be answered."""
    return preferred_language(", ".join(Headers(scope=scope).getlist("Accept-Language")))


@dataclass
class _Negotiation:
    language: Language
    used: bool = False
    """Whether words were chosen by it, so that the answer depends on the header."""


_negotiation: ContextVar[_Negotiation | None] = ContextVar("negotiation", default=None)


def localised(message: Message) -> str:
    """The message in the language of the request that is being answered.

    The answer then says ``Content-Language`` and ``Vary: Accept-Language``. Outside of a request
    it is given in both languages.
    """
    negotiation = _negotiation.get()
    if negotiation is None:
        return str(message)
    negotiation.used = True
    return by_fields(message).text(negotiation.language)


def _localised(value: object) -> object:
    return localised(value) if isinstance(value, Message) else value


LocalisedText = Annotated[str, BeforeValidator(_localised)]
"""A text of an answer that may be given as a `Message`: its language is that of the request."""

LocalisedMessage = Annotated[Message, PlainSerializer(localised, return_type=str)]
"""A `Message` that stays one in Python, and is told in the language of the request in an answer."""


def localised_errors(errors: Any, language: Language | None) -> Any:
    """The same lists and mappings, with a text for every `Message` in them."""
    if isinstance(errors, Message):
        return by_fields(errors).text(language)
    if isinstance(errors, dict):
        return {name: localised_errors(value, language) for name, value in errors.items()}
    if type(errors) in (list, tuple):
        return [localised_errors(value, language) for value in errors]
    return errors


def answer_language() -> Language | None:
    """The language in which words of this answer were chosen; None when it holds none."""
    negotiation = _negotiation.get()
    return negotiation.language if negotiation is not None and negotiation.used else None


def mark_language(headers: MutableHeaders, language: Language) -> None:
    """Say in which language an answer is, and that another is to be had."""
    headers.setdefault("Content-Language", language)
    told = headers.get("Vary", "")
    if "accept-language" not in [name.strip().casefold() for name in told.split(",")]:
        headers.add_vary_header("Accept-Language")


class LanguageMiddleware:
    """ASGI middleware: chooses the language of a request, and marks the answers that hold words."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Threads that work for this request see the same object.
        negotiation = _Negotiation(language_of(scope))
        token = _negotiation.set(negotiation)

        async def marked(message: AsgiMessage) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # An answer that is sent again bears the language of its first sending.
                if negotiation.used or "Content-Language" in headers:
                    mark_language(headers, negotiation.language)
            await send(message)

        try:
            await self.app(scope, receive, marked)
        finally:
            _negotiation.reset(token)
