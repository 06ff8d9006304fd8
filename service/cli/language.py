"""The language of the command line: what the locale of the terminal says."""

import inspect
import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import typer

from gis.messages import LANGUAGES, Language, Message

Command = TypeVar("Command", bound=Callable[..., Any])

# In the order in which POSIX asks them; the first that is not empty decides.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def terminal_language(environ: Mapping[str, str] | None = None) -> Language | None:
    """Chinese or English as the locale names it; None (both) for ``C`` and all others.

    >>> terminal_language({"LANG": "zh_CN.UTF-8"}), terminal_language({"LANG": "C.UTF-8"})
    ('zh', None)
    >>> terminal_language({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"})
    'en'
    """
    given = os.environ if environ is None else environ
    locale = next((given[name] for name in _VARIABLES if given.get(name)), "")
    primary = locale.replace("-", "_").partition(".")[0].partition("_")[0].lower()
    return next((language for language in LANGUAGES if language == primary), None)


def described(zh: str) -> Callable[[Command], Command]:
    """Let the help of a command say ``zh`` before its docstring, or in its place.

    The terminal's language decides, as it is when the command's module is imported.
    """

    def describe(command: Command) -> Command:
        command.__doc__ = words(zh, inspect.cleandoc(command.__doc__ or ""))
        return command

    return describe


def label(zh: str, en: str) -> str:
    """Words beside a value, in the language of the terminal; both stand beside each other.

    >>> label("已停止", "stopped")
    '已停止 stopped'
    """
    language = terminal_language()
    return f"{zh} {en}" if language is None else Message(zh, en).text(language)


def say(message: Message, *, err: bool = False) -> None:
    """Print a message in the language of the terminal."""
    typer.echo(shown(message), err=err)


def words(zh: str, en: str) -> str:
    """A sentence in the language of the terminal."""
    return shown(Message(zh, en))


def shown(message: Message) -> str:
    """A message in the language of the terminal."""
    return message.text(terminal_language())
