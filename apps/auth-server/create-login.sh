#!/bin/sh
# Creates the user of the server, with SERVER_PASSWORD. It owns nothing: the tables belong to the user that runs
# this. The image of PostgreSQL runs it when it creates the database. It can run again, to change the password.
set -eu

psql --no-psqlrc --quiet --tuples-only --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set "password=$SERVER_PASSWORD" <<'SQL'
select format('create role %I %s', name, options)
from (values ('patronus_server', 'nologin'), ('patronus_tenant', 'nologin'), ('patronus_login', 'login'))
  as wanted (name, options)
where not exists (select from pg_roles where rolname = name) \gexec
grant patronus_server, patronus_tenant to patronus_login;
alter role patronus_login password :'password';
SQL
