#!/bin/bash
# Run once by the database's image, on an empty volume: the portal's role owns its database and is no superuser.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --set password="$PORTAL_PASSWORD" --username "$POSTGRES_USER" <<'SQL'
create role portal login password :'password';
create database portal owner portal encoding 'UTF8' template template0;
SQL
