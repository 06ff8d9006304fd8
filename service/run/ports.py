"""The port that the service is to listen on."""

import errno
import socket

from gis.messages import Message
from service.errors import PortTaken


def check_port(host: str, port: int) -> None:
    """Fail early when the port is taken, before minutes are spent on the demo.

    Raises
    ------
    PortTaken
        Another process listens there, or this one may not.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = "已被占用 is taken" if error.errno == errno.EADDRINUSE else error.strerror
            raise PortTaken(
                Message(
                    f"{host}:{port} {reason}；请换一个端口：luotu run --port {port + 1}",
                    f"{host}:{port} {reason}; choose another port: luotu run --port {port + 1}",
                )
            ) from None
