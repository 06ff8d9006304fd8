"""Under which address people reach the service."""

from service.settings import Settings

# A service that listens on all addresses is reached from its own machine at this one.
_OF_ALL = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - nobody listens here


def service_address(settings: Settings) -> str:
    """What people type: the public address, else where the service listens.

    >>> service_address(Settings(host="::", port=8102))
    'http://[::1]:8102'
    >>> service_address(Settings(public_url="https://trees.example.cn"))
    'https://trees.example.cn'
    """
    if settings.public_url:
        return settings.public_url
    host = _OF_ALL.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
