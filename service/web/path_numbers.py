"""Numbers in paths: a word in their place belongs to another route."""

from starlette.convertors import Convertor, register_url_convertor


class NumberConvertor(Convertor[int]):
    """Up to 19 digits, ``{plot_id:number}``.

    ``/api/plots/check`` is then never taken for the plot "check": a method that it does not have
    is answered by 405, not by what the same method of a plot would say.
    """

    regex = "[0-9]{1,19}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Its digits."""
        return str(value)


register_url_convertor("number", NumberConvertor())
