"""HTTP without a subject: problem+json, bodies, ETags, paging, headers, metrics."""
