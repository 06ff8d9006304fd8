"""What a register is: its fields, its states and which may follow which."""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from data.codes import code_list_names, shipped_list
from gis.messages import Message
from service.errors import Problem
from service.web.number_types import NoBoolean
from service.web.text_types import Name, Short

WORD = r"^[a-z][a-z0-9_]{0,31}$"
Word = Annotated[str, StringConstraints(pattern=WORD)]
Role = Literal["planner", "inspector", "gis", "admin"]
FieldType = Literal[
    "text", "long", "integer", "number", "date", "month", "moment", "boolean", "code"
]
Geometry = Literal["none", "point", "line", "polygon", "any"]

# What a record says beside its values, and words of requests.
RESERVED = frozenset(
    [
        "id",
        "number",
        "name",
        "state",
        "since",
        "deadline",
        "overdue",
        "note",
        "county",
        "town",
        "village",
        "district",
        "zone",
        "unit",
        "plan",
        "values",
        "area_m2",
        "length_m",
        "version",
        "changed_by",
        "changed_at",
        "created_by",
        "demo",
        "steps",
        "links",
        "token",
        "on_day",
        "register",
        "geometry",
        "letter_no",
    ]
)
NUMERIC = ("integer", "number")


class FieldDefinition(BaseModel):
    """A field of the records of a register."""

    model_config = ConfigDict(extra="forbid")

    name: Word
    type: FieldType = "text"
    list: Short | None = Field(None, description="Code list of a field of type `code`.")
    measured_in: Short | None = Field(None, description="Unit: list `unit_of_measure`.")
    needed_from: Word | None = Field(None, description="State from which on it must be there.")
    min: Annotated[float, NoBoolean] | None = None
    max: Annotated[float, NoBoolean] | None = None
    label_zh: Short
    label_en: Short = ""


class StateDefinition(BaseModel):
    """A state of the records of a register."""

    model_config = ConfigDict(extra="forbid")

    code: Word
    label_zh: Short
    label_en: Short = ""
    next: Annotated[list[Word], Field(max_length=30)] = Field([], description="What may follow.")
    who: Annotated[list[Role], Field(max_length=4)] = Field(
        [], description="Roles that may take a record there; inspector if empty."
    )
    days: Annotated[int, Field(ge=0, le=36_500), NoBoolean] | None = Field(
        None, description="Days from the step until the deadline."
    )
    letter: Short | None = Field(None, description="Template of the letter of the step.")
    done: bool = Field(False, description="Nothing is overdue in it any more.")
    counts: bool = Field(False, description="Records in it count in indicators.")


class Definition(BaseModel):
    """A register, without its code; the first state is that in which records begin."""

    model_config = ConfigDict(extra="forbid")

    label_zh: Annotated[Short, StringConstraints(min_length=1)]
    label_en: Short = ""
    geometry: Geometry = "any"
    numbering: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,16}$")] | None = Field(
        None, description="Letters before the numbers that the server gives."
    )
    public: Annotated[list[Word], Field(max_length=100)] = Field(
        [], description="Columns that the public page may show."
    )
    personal: Annotated[list[Word], Field(max_length=100)] = Field(
        [], description="Fields that are personal data: viewers do not see them."
    )
    retention_days: Annotated[int, Field(ge=1, le=36_500), NoBoolean] | None = Field(
        None, description="Personal values of done records are deleted after so many days."
    )
    qr: bool = Field(False, description="Each record has a page behind a plate.")
    zoned: bool = Field(
        False,
        description="Each record has a zone, the smallest around it unless one is named, and what "
        "says the same of one place and day is stored once.",
    )
    source: Name = ""
    fields: Annotated[list[FieldDefinition], Field(max_length=100)] = []
    states: Annotated[list[StateDefinition], Field(min_length=1, max_length=50)]

    @cached_property
    def state(self) -> dict[str, StateDefinition]:
        """States by code."""
        return {state.code: state for state in self.states}

    @property
    def first(self) -> str:
        """The state in which records begin."""
        return self.states[0].code

    @cached_property
    def done(self) -> tuple[str, ...]:
        """States in which nothing is overdue any more."""
        return tuple(state.code for state in self.states if state.done)

    @cached_property
    def counting(self) -> tuple[str, ...]:
        """States in which records count in indicators."""
        return tuple(state.code for state in self.states if state.counts)

    @property
    def moment(self) -> str | None:
        """The field that says when a thing happened: the first of type `moment`; None without."""
        return next((field.name for field in self.fields if field.type == "moment"), None)

    def reachable(self, without: str | None = None) -> set[str]:
        """States that a record can come to from the first, without passing through one.

        >>> states = [{"code": "a", "label_zh": "甲", "next": ["b"]},
        ...           {"code": "b", "label_zh": "乙", "done": True}]
        >>> definition = Definition(label_zh="例", states=states)
        >>> sorted(definition.reachable()), sorted(definition.reachable(without="b"))
        (['a', 'b'], ['a'])
        """
        reached: set[str] = set()
        ahead = [self.first]
        while ahead:
            code = ahead.pop()
            if code == without or code in reached or code not in self.state:
                continue
            reached.add(code)
            ahead += self.state[code].next
        return reached

    def needed_in(self, state: str) -> list[FieldDefinition]:
        """Fields without which a record cannot be in a state: every way there passes the state
        that needs them.
        """
        return [
            field
            for field in self.fields
            if field.needed_from is not None
            and state not in self.reachable(without=field.needed_from)
        ]


class NewRegister(Definition):
    """A register with its code."""

    code: Word

    def definition(self) -> Definition:
        """What it is, without its code."""
        return Definition.model_validate(self.model_dump(exclude={"code"}))


def check_definition(
    definition: Definition,
    lists: Sequence[str] | None = None,
    units: Collection[str] | None = None,
) -> None:
    """Refuse a definition that contradicts itself.

    Parameters
    ----------
    lists
        Names of the code lists that there are; None for the shipped ones.
    units
        Codes of units of measure; None for the shipped ones.

    Raises
    ------
    Problem
        422 ``bad_definition`` with each fault and its field.
    """
    faults = [
        *_field_faults(definition, code_list_names() if lists is None else lists),
        *_unit_faults(definition, units),
        *_state_faults(definition),
        *_column_faults(definition),
    ]
    if faults:
        first = faults[0][1]
        raise Problem(
            422,
            "bad_definition",
            Message(
                f"台账定义有 {len(faults)} 处错误：{faults[0][0]}：{first.zh}",
                f"{len(faults)} faults in the definition: {faults[0][0]}: {first.en}",
            ),
            errors=[
                {"field": field, "code": "bad_definition", "message": message}
                for field, message in faults
            ],
        )


Fault = tuple[str, Message]


def _repeated(words: Sequence[str], field: str) -> list[Fault]:
    twice = sorted({word for word in words if words.count(word) > 1})
    return [(field, Message(f"{word} 重复", f"{word} is there twice")) for word in twice]


def _field_faults(definition: Definition, lists: Sequence[str]) -> list[Fault]:
    faults = _repeated([field.name for field in definition.fields], "fields")
    for number, field in enumerate(definition.fields):
        at = f"fields.{number}"
        if field.name in RESERVED:
            words = Message(f"{field.name} 是每条记录都有的列，请换名", f"{field.name} is taken")
            faults.append((f"{at}.name", words))
        if (field.type == "code") != (field.list is not None):
            words = Message(
                "代码字段须给出 list，其他字段不能有", "code fields have a list, no others"
            )
            faults.append((f"{at}.list", words))
        elif field.list is not None and field.list not in lists:
            words = Message(
                f"没有代码表 {field.list}，可用的有：{'、'.join(lists)}",
                f"there is no code list {field.list}: there are {', '.join(lists)}",
            )
            faults.append((f"{at}.list", words))
        if field.type not in NUMERIC and (field.min, field.max, field.measured_in) != (None,) * 3:
            words = Message(
                "只有数字字段可有 min、max、measured_in",
                "min, max and measured_in are for numbers",
            )
            faults.append((f"{at}.type", words))
        if field.min is not None and field.max is not None and field.max < field.min:
            faults.append((f"{at}.max", Message("max 小于 min", "max is less than min")))
        if field.needed_from is not None and field.needed_from not in definition.state:
            words = Message(
                f"没有状态 {field.needed_from}", f"there is no state {field.needed_from}"
            )
            faults.append((f"{at}.needed_from", words))
    return faults


def _unit_faults(definition: Definition, units: Collection[str] | None) -> list[Fault]:
    if units is None:
        units = [unit.code for unit in shipped_list("unit_of_measure")]
    return [
        (
            f"fields.{number}.measured_in",
            Message(
                f"没有计量单位 {field.measured_in}，可用：{'、'.join(units)}",
                f"there is no unit of measure {field.measured_in}: there are {', '.join(units)}",
            ),
        )
        for number, field in enumerate(definition.fields)
        if field.measured_in is not None and field.measured_in not in units
    ]


def _state_faults(definition: Definition) -> list[Fault]:
    faults = _repeated([state.code for state in definition.states], "states")
    reached = definition.reachable()
    for number, state in enumerate(definition.states):
        at = f"states.{number}"
        for following in state.next:
            if following not in definition.state:
                words = Message(f"没有状态 {following}", f"there is no state {following}")
                faults.append((f"{at}.next", words))
        if state.code not in reached:
            words = Message(
                f"从 {definition.first} 到不了 {state.code}，请在某个状态的 next 中写上它",
                f"{state.code} cannot be reached from {definition.first}: name it in the next of "
                "some state",
            )
            faults.append((f"{at}.code", words))
    if not definition.done:
        words = Message("没有办结状态，请给一个状态写 done", "no state is done: say so of one")
        faults.append(("states", words))
    return faults


def _column_faults(definition: Definition) -> list[Fault]:
    names = {field.name for field in definition.fields}
    open_columns = names | {"name", "number", "state", "county", "unit", "area_m2", "length_m"}
    faults = []
    for number, column in enumerate(definition.personal):
        if column not in names:
            words = Message(f"没有字段 {column}", f"there is no field {column}")
            faults.append((f"personal.{number}", words))
    for number, column in enumerate(definition.public):
        if column not in open_columns:
            words = Message(f"没有列 {column}", f"there is no column {column}")
            faults.append((f"public.{number}", words))
        elif column in definition.personal:
            words = Message(f"{column} 是个人信息，不能公开", f"{column} is personal data")
            faults.append((f"public.{number}", words))
    if definition.zoned and definition.geometry in ("none", "any"):
        words = Message(
            "按责任区管理的台账须有位置（point、line 或 polygon）",
            "records of a zoned register have a place: a point, line or polygon",
        )
        faults.append(("geometry", words))
    if definition.retention_days is not None and not definition.personal:
        words = Message("没有个人信息字段，无需保存期限", "no field is personal: nothing to delete")
        faults.append(("retention_days", words))
    return faults
