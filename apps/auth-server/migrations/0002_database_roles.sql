-- The roles of the platform's statements: `patronus_server` reads and writes rows, `patronus_tenant` those of
-- one organisation. Neither owns a table. Roles belong to the whole cluster: another database may have created
-- them, or creates them at the same moment.
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'patronus_server') THEN
		CREATE ROLE patronus_server NOLOGIN;
	END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
	NULL;
END
$$;
--> statement-breakpoint
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'patronus_tenant') THEN
		CREATE ROLE patronus_tenant NOLOGIN;
	END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
	NULL;
END
$$;
--> statement-breakpoint
-- So that the owner can also be the user of the server. Without the right to grant the roles, the server needs
-- a user who has them already.
DO $$
BEGIN
	IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
		GRANT patronus_server, patronus_tenant TO CURRENT_USER;
	END IF;
EXCEPTION WHEN insufficient_privilege OR unique_violation THEN
	NULL;
END
$$;
--> statement-breakpoint
-- A table that the server creates could stand in for one of the platform's, also a temporary one.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
--> statement-breakpoint
DO $$
BEGIN
	EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO patronus_server, patronus_tenant;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE
	accounts,
	client_secrets,
	clients,
	login_failures,
	mails,
	oidc_payloads,
	one_time_tokens,
	refresh_tokens,
	resource_servers,
	revoked_tokens,
	sessions,
	sign_in_results,
	signing_keys
TO patronus_server;
--> statement-breakpoint
-- Tables and sequences of later migrations. A table that is more restricted revokes what it does not give.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO patronus_server;
--> statement-breakpoint
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO patronus_server;
--> statement-breakpoint
-- Returns the time of the newest migration, from a schema that only the owner reads.
CREATE FUNCTION public.applied_migration() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
	SELECT max(created_at) FROM drizzle.__drizzle_migrations
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION public.applied_migration() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION public.applied_migration() TO patronus_server;
--> statement-breakpoint
-- Separates the organisations in a table, for migrations. It can run again. `patronus_tenant` reads and writes the
-- rows of the organisation in `app.tenant_id`, `patronus_server` all rows, and every other role none, which
-- includes the owner unless it is a superuser.
CREATE FUNCTION public.isolate_tenant_table(tenant_table regclass, tenant_column name) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	column_type text;
	is_own text;
BEGIN
	SELECT format_type(atttypid, NULL) INTO column_type FROM pg_attribute
	WHERE attrelid = tenant_table AND attname = tenant_column AND attnum > 0 AND NOT attisdropped;
	IF column_type IS NULL OR column_type NOT IN ('uuid', 'text', 'bigint') THEN
		RAISE EXCEPTION 'isolate_tenant_table: % has no column % of the type uuid, text or bigint', tenant_table, tenant_column;
	END IF;
	is_own := format('%I = nullif(current_setting(%L, true), %L)::%s', tenant_column, 'app.tenant_id', '', column_type);
	EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
	EXECUTE format('DROP POLICY IF EXISTS patronus_tenant_only ON %s', tenant_table);
	EXECUTE format('DROP POLICY IF EXISTS patronus_tenant ON %s', tenant_table);
	EXECUTE format('DROP POLICY IF EXISTS patronus_server ON %s', tenant_table);
	-- Permissive policies are joined with OR. The restrictive one binds the role despite any that is added later.
	EXECUTE format('CREATE POLICY patronus_tenant_only ON %s AS RESTRICTIVE FOR ALL TO patronus_tenant USING (%s) WITH CHECK (%s)', tenant_table, is_own, is_own);
	EXECUTE format('CREATE POLICY patronus_tenant ON %s FOR ALL TO patronus_tenant USING (%s) WITH CHECK (%s)', tenant_table, is_own, is_own);
	EXECUTE format('CREATE POLICY patronus_server ON %s FOR ALL TO patronus_server USING (true) WITH CHECK (true)', tenant_table);
	EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO patronus_tenant', tenant_table);
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION public.isolate_tenant_table(regclass, name) FROM PUBLIC;
