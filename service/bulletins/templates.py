"""Which template a bulletin is written by: the bureau's own, else the shipped one."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gis.messages import Language
from service.bulletins.kinds import Kind
from service.settings import Settings

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

__all__ = ["Template", "names_of", "template_of"]


class Template(NamedTuple):
    """A template as a Word file; ``name`` of one of the bureau's, None of a shipped one."""

    content: bytes
    name: str | None = None

    def opened(self) -> "DocxTemplate":
        """The template, to be filled."""
        from docxtpl import DocxTemplate  # noqa: PLC0415 - the service starts without Word

        return DocxTemplate(io.BytesIO(self.content))


def names_of(kind: Kind, language: Language) -> list[str]:
    """File names under which a bureau's own template is looked for, the first that is there wins.

    Those without a language are Chinese.

    Examples
    --------
    >>> names_of("quarter", "en")
    ['bulletin-quarter-en.docx', 'bulletin-en.docx']
    """
    names = [f"bulletin-{kind}-{language}.docx", f"bulletin-{language}.docx"]
    if language == "zh":
        names = [names[0], f"bulletin-{kind}.docx", names[1], "bulletin.docx"]
    return names


def template_of(settings: Settings, kind: Kind, language: Language) -> Template:
    """The template of the bureau in ``LUOTU_HOME/templates``, else the shipped one."""
    folder = settings.home / "templates"
    for name in names_of(kind, language):
        own = Path(folder, name)
        if own.is_file():
            return Template(own.read_bytes(), name)
    from service.bulletins.shipped import shipped_template  # noqa: PLC0415 - as above

    return Template(shipped_template(kind, language))
