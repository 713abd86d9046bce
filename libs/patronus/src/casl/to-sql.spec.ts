import { describe, expect, it } from '@jest/globals';
import type { Columns } from './column.js';
import type { Conditions, ConditionValue } from './conditions.js';
import { toSql } from './to-sql.js';

const COLUMNS: Columns = {
  name: { name: 'a.name', type: 'text' },
  ref: { name: 'ref', type: 'uuid' },
  age: { name: 'age', type: 'integer' },
  at: { name: 'at', type: 'timestamptz' },
};
const eq = (field: string, value: ConditionValue): Conditions => ({ op: 'eq', field, value });

describe('conditions as SQL', () => {
  it('hold values as parameters, each with its type', () => {
    const of = [
      eq('name', "x' or true --"),
      eq('at', new Date(0)),
      { op: 'gt', field: 'age', value: 5 },
    ] satisfies Conditions[];
    expect(toSql({ op: 'and', of }, COLUMNS, { firstParameter: 3 })).toEqual({
      text:
        '(("a"."name" = $3::text and "a"."name" is not null) and ' +
        `(date_trunc('milliseconds', "at") = $4::timestamptz and "at" is not null) and ` +
        '("age" > $5::bigint and "age" is not null))',
      params: ["x' or true --", '1970-01-01T00:00:00.000Z', 5],
    });
  });

  it('compare texts as JavaScript does, whatever the collation of the column', () => {
    expect(toSql({ op: 'gte', field: 'name', value: 'b' }, COLUMNS).text).toBe(
      '("a"."name" collate "C" >= $1::text and "a"."name" is not null)',
    );
  });

  it.each<[string, Conditions]>([
    ['no uuid', eq('ref', 'ana')],
    ['a uuid in another spelling', eq('ref', 'A0B1C2D3-0000-4000-8000-00000000000F')],
    ['a text with NUL', eq('name', 'a\0')],
    ['half a character', eq('name', '\ud83d')],
    ['a fraction', eq('age', 1.5)],
    ['a list of nothing', { op: 'in', field: 'name', values: [] }],
    ['any of nothing', { op: 'or', of: [] }],
  ])('find nothing for %s', (_name, conditions) => {
    expect(toSql(conditions, COLUMNS)).toEqual({ text: 'false', params: [] });
    expect(toSql({ op: 'not', of: conditions }, COLUMNS).text).toBe('(not false)');
  });

  it.each(['owner', 'toString', '__proto__', 'constructor', 'name"', ''])(
    'are refused on the column %j, which is not listed',
    (field) => {
      const every: Conditions[] = [
        eq(field, 'x'),
        eq(field, null),
        { op: 'in', field, values: [] },
        { op: 'lt', field, value: 'x' },
        { op: 'exists', field, value: true },
      ];
      for (const conditions of every) {
        expect(() => toSql(conditions, COLUMNS)).toThrow(`columns.${field}: is not listed`);
      }
    },
  );

  it.each<[Conditions, string]>([
    [eq('name', 42), 'a text is compared with a number'],
    [eq('name', true), 'a text is compared with a boolean'],
    [eq('age', '42'), 'a integer is compared with a string'],
    [eq('at', 0), 'a timestamptz is compared with a number'],
    [eq('at', '2024-01-01'), 'a timestamptz is compared with a string'],
    [{ op: 'in', field: 'ref', values: [1] }, 'a uuid is compared with a number'],
    [{ op: 'lt', field: 'age', value: '42' }, 'a integer is compared with a string'],
    [{ op: 'lt', field: 'ref', value: 'x' }, 'a uuid cannot be ordered'],
    [{ op: 'lt', field: 'name', value: 'a😀' }, 'CASL and PostgreSQL order this text differently'],
    [
      { op: 'gt', field: 'name', value: '\uFB01' },
      'CASL and PostgreSQL order this text differently',
    ],
    [{ op: 'gt', field: 'name', value: 'a\0' }, 'CASL and PostgreSQL order this text differently'],
  ])('are refused where the database would compare otherwise: %j', (conditions, message) => {
    expect(() => toSql(conditions, COLUMNS)).toThrow(message);
  });

  it.each(['', 'a b', 'a"', 'a.b.c.d', 'a;', '1a', 'a.'])('are refused on a column %j', (name) => {
    const columns: Columns = { field: { name, type: 'text' } };
    for (const value of ['x', null]) {
      expect(() => toSql(eq('field', value), columns)).toThrow('is not the name of a column');
    }
  });

  it('are refused with a type that is not known', () => {
    const columns = JSON.parse('{ "field": { "name": "field", "type": "toString" } }');
    expect(() => toSql(eq('field', 'x'), columns)).toThrow('columns.field: ');
  });

  it.each([0, -1, 1.5, Number.NaN])('are refused from the parameter %j on', (firstParameter) => {
    expect(() => toSql(eq('name', 'x'), COLUMNS, { firstParameter })).toThrow('firstParameter');
  });
});
