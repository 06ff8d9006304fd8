"""`luotu run`: start, background workers, demo, clean end."""
