"""The ledger: who holds credit on which ground, and what others claim of it."""
