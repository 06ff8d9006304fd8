"""The refusal of a taken 图斑号; apart from the queries, which bring pandas."""

from gis.messages import Message, MessageError


class NumberTaken(MessageError, ValueError):  # noqa: N818 - a refusal, no failure of ours
    """Another plot of this county and year has this 图斑号."""

    def __init__(self, district: str, year: int, plot_no: str) -> None:
        super().__init__(
            Message(
                f"图斑号 {plot_no} 在 {district} {year} 年已被使用，请改号，或留空由系统编号",
                f"plot_no {plot_no} is taken in {district}, {year}: leave it empty to be given one",
            )
        )
        self.plot_no = plot_no
