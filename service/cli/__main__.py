"""``python -m service.cli`` is ``luotu``."""

from service.cli import main

main()
