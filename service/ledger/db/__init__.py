"""Queries of the ledger and of claims."""
