-- Statistics of statements, for operators. PostgreSQL must preload the library.
create extension if not exists pg_stat_statements;
