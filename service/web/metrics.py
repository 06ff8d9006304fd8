"""Counts, durations and sizes of what was answered, by route template, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Histogram, Summary

_FAST = (0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 5, 7.5, 10, 30, 60)


class HttpMetrics:
    """The metrics of one service; the labels of a route appear with its first answer."""

    def __init__(self, registry: CollectorRegistry) -> None:
        route = ("handler", "method")
        self._answers = Counter(
            "http_requests",
            "Requests by route, method and class of status.",
            (*route, "status"),
            registry=registry,
        )
        self._every = Histogram(
            "http_request_duration_highr_seconds",
            "Seconds of all requests, in many steps.",
            buckets=_FAST,
            registry=registry,
        )
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "Seconds by route, in few steps.",
            route,
            buckets=(0.1, 0.5, 1),
            registry=registry,
        )
        self._sent = Summary(
            "http_response_size_bytes",
            "Bytes of the answers' bodies, as they were sent.",
            ("handler",),
            registry=registry,
        )
        self._of: dict[tuple[str, str, int], tuple[Counter, Histogram, Summary]] = {}

    def observe(self, route: str, method: str, status: int, seconds: float, sent: int) -> None:
        """Count one answer of ``sent`` bytes; ``route`` is the template, never the address."""
        key = (route, method, status // 100)
        if key not in self._of:
            self._of[key] = (
                self._answers.labels(route, method, f"{key[2]}xx"),
                self._seconds.labels(route, method),
                self._sent.labels(route),
            )
        answers, duration, size = self._of[key]
        answers.inc()
        duration.observe(seconds)
        size.observe(sent)
        self._every.observe(seconds)
