/** Finds roles that bypass row level security, and that the role `$1` is or can become. */
export const BYPASSING_ROLES = `
select rolname as name from pg_roles
where (rolsuper or rolbypassrls) and pg_has_role($1::name, oid, 'member')
order by rolname <> $1::name, rolname`;

/**
 * Finds the tables of the schema `$1` with the column `$2`, and the rights of the role `$3` on
 * them. Policies for roles that this role is not and cannot become are left out. A policy binds if
 * it applies to this role and to each one that it can become.
 */
export const TENANT_TABLES = `
with reached as (select oid from pg_roles where pg_has_role($3::name, oid, 'member'))
select c.oid::text as id, c.relname as name, c.relkind::text as kind,
  c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
  has_table_privilege($3::name, c.oid, 'truncate') as truncates,
  coalesce((
    select json_agg(json_build_object(
      'permissive', p.polpermissive, 'command', p.polcmd,
      'binds', 0 = any(p.polroles) or not exists (
        select from reached where not exists (
          select from unnest(p.polroles) as named (id) where pg_has_role(reached.oid, id, 'usage'))),
      'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)))
    from pg_policy p where p.polrelid = c.oid and (
      0 = any(p.polroles) or exists (select from reached where reached.oid = any(p.polroles)))),
    '[]') as policies
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid
where n.nspname = $1 and a.attname = $2 and not a.attisdropped and c.relkind in ('r', 'p', 'f')
order by c.relname`;

/**
 * Finds views that lead to the tables with the ids `$1`, and that read them as their owner or keep
 * a copy.
 */
export const OPEN_VIEWS = `
with recursive reached (id) as (
  select unnest($1::oid[])
  union
  select r.ev_class from reached
  join pg_depend d on d.refobjid = reached.id and d.refclassid = 'pg_class'::regclass
    and d.classid = 'pg_rewrite'::regclass
  join pg_rewrite r on r.oid = d.objid)
select n.nspname || '.' || c.relname as name, c.relkind::text as kind
from reached
join pg_class c on c.oid = reached.id
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'm' or c.relkind = 'v' and not coalesce((
  select option_value::boolean from pg_options_to_table(c.reloptions)
  where option_name = 'security_invoker'), false)
order by 1`;

/** Finds objects in one of the schemas `$1` that refer to objects in another one of them. */
export const SCHEMA_CROSSINGS = `
with own as (
  select c.oid, c.relname, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any($1::text[])),
crossings as (
  select r.ev_class as id, d.refobjid as target, 'view' as kind
  from pg_rewrite r join pg_depend d on d.objid = r.oid
    and d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
  union all select conrelid, confrelid, 'foreign key' from pg_constraint where contype = 'f'
  union all select inhrelid, inhparent, 'parent' from pg_inherits
  union all select inhparent, inhrelid, 'child' from pg_inherits)
select own.nspname::text as schema, own.relname::text as name, kind, other.nspname::text as other
from crossings join own on own.oid = id join own other on other.oid = target
where own.nspname <> other.nspname
order by 1, 2`;
