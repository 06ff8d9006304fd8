"""Routes of the ledger and of claims."""
