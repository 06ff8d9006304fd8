"""The engine, the tables, their migrations and the SQL library."""
