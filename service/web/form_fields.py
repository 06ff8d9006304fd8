"""What a remedy names: an option at the command line, a field of the form on the web.

Readers of files know nobody's door, so their sentences name the option (``--encoding``). Every
sentence that leaves by HTTP passes here: there the same thing is a field, with the words that the
workspace puts beside it.
"""

import re
from typing import Final

from gis.messages import Message

__all__ = ["by_fields"]

# Option: name of the field in forms and settings, and what the workspace calls it.
_FIELDS: Final = {
    "field": ("fields", Message("列的用途", "What the columns mean")),
    "layer": ("layer", Message("图层", "Layer")),
    "crs": ("crs", Message("坐标系", "Reference system")),
    "encoding": ("encoding", Message("文字编码", "Encoding")),
    "set": ("set", Message("改正设置", "Settings")),
    "acknowledge": ("acknowledge", Message("已核对", "seen")),
    "replace": ("replace", Message("用文件更新", "Bring up to date")),
    "plan": ("plan", Message("计划", "Plan")),
    "months note": ("months", Message("月份记入备注", "Months into the note")),
    "valid-from": ("valid_from", Message("起始日期", "First day")),
}
# Layers have no list of columns but one field for the only column that they read.
_CLASSES: Final = re.compile(r" ?--field class=(列名|COLUMN)")
_OPTION: Final = re.compile(rf" ?(?<![\w-])--({'|'.join(_FIELDS)})(?![\w-]) ?")


def by_fields(message: Message) -> Message:
    """The message with fields of forms in the place of options of commands.

    Examples
    --------
    >>> told = by_fields(Message("请用 --encoding GBK", "use --encoding GBK"))
    >>> told.zh, told.en
    ('请用“文字编码”（encoding）GBK', 'use “Encoding” (encoding) GBK')
    >>> by_fields(Message("文件是空的", "the file is empty")).en
    'the file is empty'
    """
    if "--" not in message.en and "--" not in message.zh:
        return message
    zh = _CLASSES.sub("“类别列”（class_column）", message.zh)
    en = _CLASSES.sub(" “Column of classes” (class_column)", message.en)
    return Message(_OPTION.sub(_zh, zh), _OPTION.sub(_en, en).strip())


def _zh(found: re.Match[str]) -> str:
    name, label = _FIELDS[found[1]]
    return f"“{label.zh}”（{name}）"


def _en(found: re.Match[str]) -> str:
    name, label = _FIELDS[found[1]]
    before, after = found[0].startswith(" "), found[0].endswith(" ")
    return f"{' ' * before}“{label.en}” ({name}){' ' * after}"
