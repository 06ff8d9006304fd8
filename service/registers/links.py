"""Links of records with plots, other records, zones and patrols."""

from gis.messages import Message
from service.errors import Problem, not_found
from service.registers.db import records, steps
from service.registers.edit import RecordEdit, hold


def link(edit: RecordEdit, what: str, key: int | str) -> None:
    """Link a record with a plot, another record, a zone or a patrol that the account sees.

    Raises
    ------
    Problem
        404, 412; 422 ``nothing_to_link``.
    """
    held = hold(edit)
    itself = what == "record" and key == held.id
    if itself or not steps.is_there(edit.connection, edit.account, what, key):
        message = Message(
            f"没有可关联的 {what} {key}，或不在您的管辖范围",
            f"there is no {what} {key} to link, or it is not in your scope",
        )
        errors = [{"field": what, "code": "nothing_to_link", "message": message}]
        raise Problem(422, "nothing_to_link", message, errors=errors)
    steps.add_link(edit.connection, edit.account, held.id, what, key)
    records.change_record(edit.connection, edit.account, held.id, {})


def unlink(edit: RecordEdit, number: int) -> None:
    """Take a link of a record away. Raises `Problem` 404, 412."""
    held = hold(edit)
    if not steps.remove_link(edit.connection, held.id, number):
        raise not_found("此关联")
    records.change_record(edit.connection, edit.account, held.id, {})
