"""Bulletins: what stood on a day, frozen, as Word and Excel, and what moved since the last one."""
