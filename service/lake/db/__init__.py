"""What the lake reads of the database."""
