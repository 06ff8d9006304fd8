"""Days at the workspace, in Debian's Chromium against the real service."""
