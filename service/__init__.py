"""The web and the database: routes, PostGIS, accounts, the command line."""
