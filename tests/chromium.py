"""The browser that tests look through: Chromium without a window, and without calls home."""

from shutil import which

from playwright.sync_api import expect

# Of a page that is waited for: five seconds, playwright's own, are short on a busy machine.
expect.set_options(timeout=30_000)

# Debian has it apart from the browser; a page takes it a third of the time. Both are Chromium.
CHROMIUM = which("chromium-headless-shell") or which("chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
