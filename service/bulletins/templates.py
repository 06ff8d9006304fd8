"""Which template a bulletin is written by: the bureau's own, else the shipped one."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from zipfile import ZipFile

from gis.messages import InvalidValueError, Language, Message
from service.bulletins.kinds import Kind
from service.settings import Settings

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

__all__ = ["Template", "names_of", "template_of"]

MAX_BYTES: Final = 100_000_000
"""Of a template with its parts unpacked."""
_LINK: Final = "/hyperlink"
_ELSEWHERE: Final = ("http:", "https:", "ftp:", "//", "\\\\", "file://", "mhtml:")


class Template(NamedTuple):
    """A template as a Word file; ``name`` of one of the bureau's, None of a shipped one."""

    content: bytes
    name: str | None = None

    def opened(self) -> "DocxTemplate":
        """The template, to be filled.

        Raises
        ------
        InvalidValueError
            It is too large, or lets whoever opens the bulletin fetch something from elsewhere.
        """
        from docxtpl import DocxTemplate  # noqa: PLC0415 - the service starts without Word

        with ZipFile(io.BytesIO(self.content)) as parts:
            # No part gives more bytes than it says.
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > MAX_BYTES:
            raise InvalidValueError(
                Message(
                    f"解压后超过 {MAX_BYTES // 1_000_000} MB",
                    f"it has more than {MAX_BYTES // 1_000_000} MB when unpacked",
                )
            )
        template = DocxTemplate(io.BytesIO(self.content))
        template.init_docx()
        for link in template.docx.part.package.iter_rels():
            if link.is_external and _fetched(link.reltype, link.target_ref):
                raise InvalidValueError(
                    Message(
                        f"打开通报时会向别处取 {link.target_ref[:100]}",
                        f"a bulletin would fetch {link.target_ref[:100]} when it is opened",
                    )
                )
        return template


def _fetched(kind: str, target: str) -> bool:
    """Whether Word goes elsewhere by itself for what a part names.

    It looks for the template of a document on its own disk too, and does without.
    """
    local = target.lower().startswith("file:///") and not target.startswith(
        ("file:////", "file:///\\\\")
    )
    return not kind.endswith(_LINK) and target.lower().strip().startswith(_ELSEWHERE) and not local


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
