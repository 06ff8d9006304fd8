"""HTTP without a subject: problem+json, bodies, ETags, paging, headers, metrics."""

import service.web.path_numbers  # noqa: F401 - addresses of numbers are made with it
