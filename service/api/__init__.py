"""One router a noun."""

import service.path_numbers  # noqa: F401 - addresses of numbers are made with it
