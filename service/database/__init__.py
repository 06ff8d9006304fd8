"""Tables, queries and the embedded PostGIS; the only room where SQL is written."""
