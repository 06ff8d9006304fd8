#!/usr/bin/env bash
# Makes Luotu's database when the server is made: an owner without superuser, and the extensions.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d postgres -v password="$LUOTU_OWNER_PASSWORD" <<'SQL'
CREATE ROLE luotu LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE luotu OWNER luotu ENCODING 'UTF8' TEMPLATE template0;
\connect luotu
CREATE EXTENSION postgis SCHEMA public;
CREATE EXTENSION btree_gist SCHEMA public;
ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
SQL
