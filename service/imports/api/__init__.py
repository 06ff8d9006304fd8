"""Routes of imports."""
