"""Accounts: sign-in, roles, scope, the audit log."""
