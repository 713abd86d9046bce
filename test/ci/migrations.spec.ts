import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { contractionsIn } from '../../scripts/migrations/contractions.js';

const RELEASED = ['0000_platform', '0001_display_name'];
const found = (sql: string) => contractionsIn([{ tag: '0002_next', sql }], RELEASED);

describe('the check of migrations', () => {
  it.each([
    'CREATE TABLE "devices" ("id" uuid PRIMARY KEY NOT NULL);',
    'CREATE TABLE "a" ("id" uuid);--> statement-breakpoint\nALTER TABLE "a" ADD CONSTRAINT "c" CHECK (true);',
    'CREATE TABLE "a" ("id" uuid);\nCREATE UNIQUE INDEX "i" ON "a" USING btree ("id");\nDROP TABLE "a";',
    'CREATE INDEX "i" ON "accounts" USING btree ("email");',
    'ALTER TYPE "state" ADD VALUE \'paused\';',
    'ALTER TABLE "accounts" ADD COLUMN "phone" text;',
    'ALTER TABLE "public"."accounts" ADD COLUMN "tries" integer DEFAULT 0 NOT NULL;',
    'ALTER TABLE "accounts" ALTER COLUMN "name" DROP NOT NULL;',
    'ALTER TABLE "accounts" ALTER COLUMN "name" SET DEFAULT \'a\';',
    'ALTER TABLE "accounts" ADD COLUMN "a" numeric(3, 2) DEFAULT 1, ADD COLUMN "b" text;',
    'ALTER TABLE "accounts" ADD COLUMN "phone" text;\nCREATE UNIQUE INDEX "i" ON "accounts" ("phone");',
    'ALTER TABLE "s" ADD COLUMN "device" uuid;\nALTER TABLE "s" ADD CONSTRAINT "f" FOREIGN KEY ("device") REFERENCES "public"."devices"("id");',
    'UPDATE "accounts" SET "phone" = NULL;',
    'INSERT INTO "texts" VALUES (\'one; two -- three\');',
    'SELECT 1;',
    'GRANT SELECT ON "accounts" TO "reader";',
    'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;',
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
    'CREATE ROLE reader NOLOGIN;\nREVOKE UPDATE ON accounts FROM reader;',
    'CREATE TABLE "a" ("id" uuid);\nREVOKE UPDATE, DELETE ON TABLE "a" FROM "writer";',
    'DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN CREATE ROLE r; END IF; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;',
    "DO $do$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $do$;",
    'CREATE FUNCTION f() RETURNS void AS $$ BEGIN DELETE FROM accounts; END; $$;\nREVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;',
    'CREATE FUNCTION public.f() RETURNS bigint AS $$ SELECT 1; $$;\nCREATE OR REPLACE FUNCTION public.f() RETURNS bigint AS $$ SELECT 2; $$;',
    'CREATE FUNCTION f(int) RETURNS void AS $$ $$;\nSELECT f(7);',
    'CREATE FUNCTION "f"() RETURNS void AS $$ $$;\nDROP FUNCTION "f"();',
    "CREATE TABLE a (id uuid);\nSELECT isolate('a', 'id');",
    'CREATE TABLE "a" ("id" uuid);\nCREATE TRIGGER "t" BEFORE UPDATE ON "a" FOR EACH ROW EXECUTE FUNCTION f();',
    'CREATE TABLE a (id uuid);\nCREATE POLICY p ON a USING (true);',
  ])('accepts %j', (sql) => {
    expect(found(sql)).toEqual([]);
  });

  it.each([
    'DROP TABLE "accounts";',
    'DROP FUNCTION f();',
    'DROP INDEX "i";',
    'DROP TYPE "state";',
    'TRUNCATE "accounts";',
    'DELETE FROM "accounts";',
    'ALTER TABLE "accounts" DROP COLUMN "name";',
    'ALTER TABLE "accounts" DROP CONSTRAINT "c";',
    'ALTER TABLE "accounts" RENAME TO "people";',
    'ALTER TABLE "accounts" RENAME COLUMN "name" TO "display_name";',
    "ALTER TYPE \"state\" RENAME VALUE 'a' TO 'b';",
    'ALTER TABLE "accounts" ALTER COLUMN "name" SET NOT NULL;',
    'ALTER TABLE "accounts" ALTER COLUMN "name" DROP DEFAULT;',
    'ALTER TABLE "accounts" ALTER COLUMN "name" SET DATA TYPE varchar(10);',
    'ALTER TABLE "accounts" ADD COLUMN "phone" text NOT NULL;',
    'ALTER TABLE "accounts" ADD COLUMN "phone" text UNIQUE;',
    'ALTER TABLE "accounts" ADD COLUMN "tries" integer DEFAULT 0 NOT NULL CHECK ("tries" > 0);',
    'ALTER TABLE "accounts" ADD CONSTRAINT "c" CHECK (length("name") > 1);',
    'ALTER TABLE "accounts" ADD CONSTRAINT "u" UNIQUE ("name");',
    'ALTER TABLE "s" ADD CONSTRAINT "f" FOREIGN KEY ("account") REFERENCES "accounts"("id");',
    'CREATE UNIQUE INDEX "i" ON "accounts" USING btree ("email");',
    'ALTER TABLE "accounts" ADD COLUMN "n" integer DEFAULT 1;\nCREATE UNIQUE INDEX "i" ON "accounts" ("n");',
    'ALTER TABLE "accounts" ADD COLUMN "phone" text, DROP COLUMN "name";',
    'DO $$ BEGIN PERFORM 1; END $$;',
    'DO $$ BEGIN CREATE ROLE r; DROP TABLE accounts; END $$;',
    "DO $$ BEGIN EXECUTE 'DROP TABLE accounts'; END $$;",
    "DO $$ BEGIN EXECUTE format('%s', 'DROP TABLE accounts'); END $$;",
    "DO 'BEGIN CREATE ROLE r; END';",
    'REVOKE UPDATE ON accounts FROM writer;',
    'REVOKE USAGE ON SCHEMA public FROM PUBLIC;',
    'CREATE ROLE reader;\nREVOKE UPDATE ON accounts FROM reader, writer;',
    'CREATE OR REPLACE FUNCTION f() RETURNS void AS $$ $$;',
    'CREATE TRIGGER "t" BEFORE UPDATE ON "accounts" FOR EACH ROW EXECUTE FUNCTION f();',
    'CREATE POLICY p ON accounts USING (true);',
    'SELECT f();',
    "CREATE FUNCTION isolate(regclass) RETURNS void AS $$ $$;\nSELECT isolate('accounts');",
    "INSERT INTO texts VALUES ('one'); DROP TABLE accounts; -- it's",
    '/* fine */ CREATE TABLE "a" ("id" uuid);',
    'drop table accounts;',
    'CREATE TABLE IF NOT EXISTS "accounts" ("id" uuid);\nDROP TABLE "accounts";',
    'ALTER TABLE "s" ADD COLUMN IF NOT EXISTS "id" text;\nCREATE UNIQUE INDEX "i" ON "s" ("id");',
  ])('refuses %j', (sql) => {
    expect(found(sql)).not.toEqual([]);
  });

  it('accepts a contraction that names a released migration, for that statement only', () => {
    const drop = 'ALTER TABLE "accounts" DROP COLUMN "name"';
    expect(found(`-- expanded in 0001_display_name\n${drop};`)).toEqual([]);
    expect(found(`-- expanded in 0002_next\n${drop};`)).toEqual([`0002_next: ${drop}`]);
    expect(found(`-- expanded in 0001_display_name\n${drop};\nDROP TABLE "mails";`)).toEqual([
      '0002_next: DROP TABLE "mails"',
    ]);
  });

  it('finds nothing in the migrations of this tree', () => {
    const folder = `${import.meta.dirname}/../../apps/auth-server/migrations`;
    const files = globSync('*.sql', { cwd: folder }).toSorted();
    expect(files.length).toBeGreaterThan(2);
    const all = files.map((file) => ({
      tag: file.slice(0, -'.sql'.length),
      sql: readFileSync(`${folder}/${file}`, 'utf8'),
    }));
    expect(contractionsIn(all, [])).toEqual([]);
  });

  it('knows the tables of all unreleased migrations', () => {
    const first = { tag: '0002_devices', sql: 'CREATE TABLE "devices" ("id" uuid);' };
    const then = {
      tag: '0003_names',
      sql: 'ALTER TABLE "devices" ADD COLUMN "name" text NOT NULL;',
    };
    expect(contractionsIn([first, then], RELEASED)).toEqual([]);
    expect(contractionsIn([then], RELEASED)).toHaveLength(1);
  });
});
