-- The role of the server, which belongs to the whole cluster: another database may create it at the same time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'patronus_server') THEN
    CREATE ROLE patronus_server NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;
--> statement-breakpoint
CREATE SEQUENCE "event_order";
--> statement-breakpoint
CREATE TABLE "audit_subjects" (
	"pseudonym" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject_id" text,
	"wrapped_key" text,
	"created_at" timestamp with time zone NOT NULL,
	"erased_at" timestamp with time zone,
	CONSTRAINT "audit_subjects_kind_subject_id_unique" UNIQUE("kind","subject_id")
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"retention" smallint NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"id" uuid NOT NULL,
	"ord" bigint DEFAULT nextval('event_order') NOT NULL,
	"xid" xid8 DEFAULT pg_current_xact_id() NOT NULL,
	"action" text NOT NULL,
	"outcome" text NOT NULL,
	"actor" uuid,
	"subject" uuid,
	"organisation" uuid,
	"request_id" text,
	"decision_id" text,
	"version" smallint NOT NULL,
	"sealed_actor" bytea,
	"sealed_subject" bytea,
	"commitment" bytea NOT NULL,
	CONSTRAINT "audit_events_retention_at_id_pk" PRIMARY KEY("retention","at","id")
) PARTITION BY LIST ("retention");
--> statement-breakpoint
CREATE INDEX "audit_events_xid" ON "audit_events" USING btree ("xid");
--> statement-breakpoint
CREATE TABLE "audit_positions" (
	"seq" bigint NOT NULL,
	"event_at" timestamp with time zone NOT NULL,
	"event_id" uuid NOT NULL,
	"retention" smallint NOT NULL,
	CONSTRAINT "audit_positions_retention_event_at_event_id_pk" PRIMARY KEY("retention","event_at","event_id")
) PARTITION BY LIST ("retention");
--> statement-breakpoint
CREATE INDEX "audit_positions_seq" ON "audit_positions" USING btree ("seq");
--> statement-breakpoint
CREATE TABLE "audit_gaps" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"retention" smallint NOT NULL,
	"from_at" timestamp with time zone NOT NULL,
	"until_at" timestamp with time zone NOT NULL,
	"events" bigint NOT NULL,
	"first_seq" bigint,
	"last_seq" bigint,
	"dropped_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "event_counters" (
	"name" text PRIMARY KEY NOT NULL,
	"value" bigint NOT NULL,
	"seen" pg_snapshot,
	"seen_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ord" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"type" text NOT NULL,
	"subject_kind" text,
	"subject" text,
	"organisation" text,
	"payload" jsonb NOT NULL,
	"seq" bigint,
	CONSTRAINT "outbox_seq_unique" UNIQUE("seq")
);
--> statement-breakpoint
CREATE INDEX "outbox_unnumbered" ON "outbox" USING btree ("ord") WHERE "outbox"."seq" is null;
--> statement-breakpoint
CREATE INDEX "outbox_at" ON "outbox" USING btree ("at");
--> statement-breakpoint
CREATE FUNCTION "audit_refuse_change"() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'Rows of % are never changed or removed.', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege',
      HINT = 'The functions audit_empty_expired and audit_drop_emptied remove what has expired.';
END
$$;
--> statement-breakpoint
-- Closes a table of the audit log to changes: by triggers for every role, and for the server by its rights.
CREATE FUNCTION "audit_close_table"("closed" regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  EXECUTE format(
    'CREATE TRIGGER audit_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
       FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse_change()', closed);
  EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, patronus_server', closed);
END
$$;
--> statement-breakpoint
-- Makes the partitions of a retention for today and the next seven days (UTC). Returns how many were missing.
CREATE FUNCTION "audit_make_partitions"("days" smallint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  root text;
  parent text;
  leaf text;
  day date;
  made integer := 0;
BEGIN
  IF days NOT IN (7, 30, 90, 365, 2555) THEN
    RAISE EXCEPTION 'The audit log has no retention of % days.', days
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(7287691);
  FOREACH root IN ARRAY ARRAY['audit_events', 'audit_positions'] LOOP
    parent := format('%s_%s', root, days);
    FOR ahead IN 0..7 LOOP
      day := current_date + ahead;
      leaf := format('%s_%s', parent, to_char(day, 'YYYYMMDD'));
      CONTINUE WHEN to_regclass(format('public.%I', leaf)) IS NOT NULL;
      BEGIN
        -- ATTACH does not wait for writers of the parent, as CREATE TABLE … PARTITION OF does.
        EXECUTE format(
          'CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)',
          leaf, parent);
        PERFORM public.audit_close_table(format('public.%I', leaf)::regclass);
        EXECUTE format(
          'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
          parent, leaf, day::timestamptz, (day + 1)::timestamptz);
        made := made + 1;
      EXCEPTION WHEN check_violation THEN
        -- Rows of that day are in the default partition already, and stay there.
        NULL;
      END;
    END LOOP;
  END LOOP;
  RETURN made;
END
$$;
--> statement-breakpoint
-- The partitions of the audit log with their bounds. A default partition has none.
CREATE FUNCTION "audit_partitions"() RETURNS TABLE (
  "root" text, "parent" regclass, "leaf" regclass, "retention" smallint,
  "from_at" timestamp with time zone, "until_at" timestamp with time zone)
LANGUAGE sql STABLE SET search_path = pg_catalog SET timezone = 'UTC' AS $$
  SELECT roots.relname::text, parents.oid::regclass, leaves.oid::regclass,
    substring(pg_get_expr(parents.relpartbound, parents.oid) FROM '\d+')::smallint,
    substring(pg_get_expr(leaves.relpartbound, leaves.oid) FROM 'FROM \(''([^'']+)''\)')::timestamptz,
    substring(pg_get_expr(leaves.relpartbound, leaves.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz
  FROM pg_class roots
  JOIN pg_inherits below ON below.inhparent = roots.oid
  JOIN pg_class parents ON parents.oid = below.inhrelid
  JOIN pg_inherits days ON days.inhparent = parents.oid
  JOIN pg_class leaves ON leaves.oid = days.inhrelid
  WHERE roots.relnamespace = 'public'::regnamespace
    AND roots.relname IN ('audit_events', 'audit_positions')
$$;
--> statement-breakpoint
-- Empties a partition, or removes a part of it.
CREATE FUNCTION "audit_clear"("cleared" regclass, "removal" text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s DISABLE TRIGGER audit_refuse_change', cleared);
  EXECUTE removal;
  EXECUTE format('ALTER TABLE %s ENABLE TRIGGER audit_refuse_change', cleared);
END
$$;
--> statement-breakpoint
-- Empties one day whose retention has ended by the clock of the database, and records the gap. Returns the gap,
-- or no row if nothing has expired. The default partitions, which hold rows of days without a partition, lose
-- their expired rows.
CREATE FUNCTION "audit_empty_expired"() RETURNS SETOF "audit_gaps"
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms' AS $$
DECLARE
  day record;
  numbers record;
  gap public.audit_gaps;
  ended timestamptz;
  has_rows boolean;
BEGIN
  FOR day IN
    SELECT * FROM public.audit_partitions() WHERE root = 'audit_events' ORDER BY until_at
  LOOP
    ended := date_trunc('day', now()) - make_interval(days => day.retention);
    CONTINUE WHEN day.until_at > ended;
    -- A look without a lock: most days are empty or not due.
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE at < $1)', day.leaf)
      INTO has_rows USING ended;
    CONTINUE WHEN NOT has_rows;
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', day.leaf);
    EXECUTE format('SELECT count(*), min(at), max(at) FROM %s WHERE at < $1', day.leaf)
      INTO gap.events, gap.from_at, gap.until_at USING ended;
    CONTINUE WHEN gap.events = 0;
    gap.id := gen_random_uuid();
    gap.retention := day.retention;
    gap.from_at := coalesce(day.from_at, gap.from_at);
    gap.until_at := coalesce(day.until_at, ended);
    gap.dropped_at := clock_timestamp();
    SELECT * FROM public.audit_partitions() all_days
      WHERE root = 'audit_positions' AND all_days.retention = day.retention
        AND all_days.from_at IS NOT DISTINCT FROM day.from_at
      INTO numbers;
    EXECUTE format('SELECT min(seq), max(seq) FROM %s WHERE event_at < $1', numbers.leaf)
      INTO gap.first_seq, gap.last_seq USING ended;
    INSERT INTO public.audit_gaps SELECT gap.*;
    IF day.from_at IS NULL THEN
      PERFORM public.audit_clear(day.leaf, format('DELETE FROM %s WHERE at < %L', day.leaf, ended));
      PERFORM public.audit_clear(
        numbers.leaf, format('DELETE FROM %s WHERE event_at < %L', numbers.leaf, ended));
    ELSE
      PERFORM public.audit_clear(day.leaf, format('TRUNCATE %s', day.leaf));
      PERFORM public.audit_clear(numbers.leaf, format('TRUNCATE %s', numbers.leaf));
    END IF;
    RETURN NEXT gap;
    RETURN;
  END LOOP;
END
$$;
--> statement-breakpoint
-- Drops one empty partition of a past day, and returns its name. Writers wait for it for a tenth of a second at
-- most: after that it fails with lock_not_available, and may be called again.
CREATE FUNCTION "audit_drop_emptied"() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '100ms' AS $$
DECLARE
  day record;
  has_rows boolean;
  name text;
BEGIN
  FOR day IN
    SELECT * FROM public.audit_partitions() all_days
    WHERE until_at <= now() - interval '1 day'
      -- The numbers of a day may be written later than its events.
      AND (root = 'audit_events' OR NOT EXISTS (
        SELECT FROM public.audit_partitions() events
        WHERE events.root = 'audit_events' AND events.retention = all_days.retention
          AND events.from_at = all_days.from_at))
    ORDER BY root, until_at
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', day.leaf) INTO has_rows;
    CONTINUE WHEN has_rows;
    -- A transaction that is still open may have written to it.
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', day.leaf);
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', day.leaf) INTO has_rows;
    CONTINUE WHEN has_rows;
    name := day.leaf::text;
    EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', day.parent, day.leaf);
    EXECUTE format('DROP TABLE %s', day.leaf);
    RETURN name;
  END LOOP;
  RETURN NULL;
END
$$;
--> statement-breakpoint
DO $$
DECLARE
  root text;
  class integer;
  key text;
BEGIN
  FOREACH root IN ARRAY ARRAY['audit_events', 'audit_positions'] LOOP
    key := CASE root WHEN 'audit_events' THEN 'at' ELSE 'event_at' END;
    PERFORM audit_close_table(root::regclass);
    FOREACH class IN ARRAY ARRAY[7, 30, 90, 365, 2555] LOOP
      EXECUTE format(
        'CREATE TABLE %1$I PARTITION OF %2$I FOR VALUES IN (%3$s) PARTITION BY RANGE (%4$I)',
        format('%s_%s', root, class), root, class, key);
      EXECUTE format(
        'CREATE TABLE %1$I PARTITION OF %2$I DEFAULT',
        format('%s_%s_default', root, class), format('%s_%s', root, class));
      PERFORM audit_close_table(format('%s_%s', root, class)::regclass);
      PERFORM audit_close_table(format('%s_%s_default', root, class)::regclass);
    END LOOP;
  END LOOP;
  PERFORM audit_close_table('audit_gaps'::regclass);
  PERFORM audit_make_partitions(7::smallint);
END
$$;
--> statement-breakpoint
REVOKE ALL ON "audit_subjects", "event_counters", "outbox" FROM PUBLIC, patronus_server;
--> statement-breakpoint
GRANT SELECT, INSERT ON "audit_events", "audit_positions" TO patronus_server;
--> statement-breakpoint
GRANT SELECT ON "audit_gaps" TO patronus_server;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "audit_subjects", "event_counters" TO patronus_server;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "outbox" TO patronus_server;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE "event_order" TO patronus_server;
--> statement-breakpoint
REVOKE ALL ON FUNCTION
  "audit_refuse_change"(), "audit_close_table"(regclass), "audit_clear"(regclass, text),
  "audit_partitions"(), "audit_make_partitions"(smallint), "audit_empty_expired"(), "audit_drop_emptied"()
FROM PUBLIC, patronus_server;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION
  "audit_make_partitions"(smallint), "audit_empty_expired"(), "audit_drop_emptied"()
TO patronus_server;
