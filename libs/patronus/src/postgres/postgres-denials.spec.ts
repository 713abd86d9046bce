import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DenialWriter } from '../observability/denials/denial-writer.js';
import { denialTableSql, postgresDenials } from './postgres-denials.js';

const pool = { connect: () => Promise.reject(new Error('not here')) };
const make = (options: object): unknown => Reflect.apply(postgresDenials, undefined, [options]);
const sqlOf = (options: object): unknown => Reflect.apply(denialTableSql, undefined, [options]);

describe('the table of denials', () => {
  it('is made by the SQL that the guide shows', () => {
    const guide = readFileSync(new URL('../../../../docs/events.md', import.meta.url), 'utf8');
    expect(guide).toContain(['```sql\n', denialTableSql(), '```'].join(''));
  });

  it('has the names that it is given', () => {
    const sql = denialTableSql({ schema: 'audit', table: 'a "b"' });
    expect(sql).toContain('create table if not exists "audit"."a ""b""" (');
    expect(sql).toContain('create index if not exists "a ""b""_at" on "audit"."a ""b""" (at)');
  });

  it.each<[() => unknown, string]>([
    [() => make({}), 'postgresDenials.pool: is not a pool.'],
    [() => make({ pool, tabel: 'x' }), 'postgresDenials.tabel: is not an option.'],
    [() => make({ pool, table: '' }), 'postgresDenials.table: is not a valid name'],
    [() => make({ pool, schema: '' }), 'postgresDenials.schema: is not a valid name'],
    [() => sqlOf({ schema: '' }), 'denialTableSql.schema: is not a valid name'],
    [() => sqlOf({ pool }), 'denialTableSql.pool: is not an option.'],
  ])('refuses %s', (call, message) => {
    expect(call).toThrow(message);
    expect(make({ pool })).toBeInstanceOf(DenialWriter);
  });
});
