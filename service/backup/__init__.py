"""Backups: the whole database as files with checksums, and back into an empty one."""
