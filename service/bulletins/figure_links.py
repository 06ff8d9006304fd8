"""Where a reader of a bulletin finds what stands behind a figure."""


def figure_link(base_url: str, target_id: int, as_of: str) -> str:
    """The page that opens the plots or records behind a figure.

    Examples
    --------
    >>> figure_link("http://host", 7, "2026-05-01T08:00:00+00:00")
    'http://host/#page=progress&figure=7&as_of=2026-05-01T08%3A00%3A00%2B00%3A00'
    """
    moment = as_of.replace(":", "%3A").replace("+", "%2B")
    return f"{base_url}/#page=progress&figure={target_id}&as_of={moment}"
