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
  ])('accepts %j', (sql) => {
    expect(found(sql)).toEqual([]);
  });

  it.each([
    'DROP TABLE "accounts";',
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
