import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AnyMongoAbility,
  buildMongoQueryMatcher,
  createMongoAbility,
  type RawRuleOf,
  subject,
} from '@casl/ability';
import { PGlite } from '@electric-sql/pglite';
import { $and, $nor, $not, $or, and, nor, not, or } from '@ucast/mongo2js';
import fc from 'fast-check';
import type { Columns } from './column.js';
import { conditionsFor } from './conditions-for.js';
import { toSql } from './to-sql.js';

const COLUMNS: Columns = {
  id: { name: 'id', type: 'integer' },
  owner: { name: 'owner_id', type: 'text' },
  ref: { name: 'r.ref', type: 'uuid' },
  age: { name: 'age', type: 'integer' },
  size: { name: 'Size', type: 'number' },
  open: { name: 'open', type: 'boolean' },
  at: { name: 'at', type: 'timestamptz' },
};
const UUIDS = ['00000000-0000-4000-8000-000000000001', 'a0b1c2d3-0000-4000-8000-00000000000f'];
const TIMES = ['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.000Z', '2024-02-29T12:00:00.123Z'];

/** Few values, so that rules and rows meet; each is near an edge of its type. */
const VALUES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  owner: fc.constantFrom('', 'a', 'A', 'b', 'ab', '-5', '7', 'é', "o'x", '%', '1; drop table r'),
  ref: fc.constantFrom(...UUIDS, 'no-uuid', UUIDS[1]?.toUpperCase()),
  age: fc.constantFrom(-3, -1, 0, 1, 2, 3, 1.5, 2 ** 31, 2 ** 60, Infinity),
  size: fc.constantFrom(-1.5, 0, -0, 0.1, 1.5, 1e300, Infinity, -Infinity),
  open: fc.boolean(),
  at: fc.constantFrom(...TIMES).map((time) => new Date(time)),
};

const withNull = (value: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });

function onField(field: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  const ordered = field !== 'open' && field !== 'ref';
  const named = (name: string, of: fc.Arbitrary<unknown>) => of.map((one) => ({ [name]: one }));
  const operators = fc.oneof(
    ...['$eq', '$ne'].map((name) => named(name, withNull(value))),
    ...['$in', '$nin'].map((name) => named(name, fc.array(withNull(value), { maxLength: 3 }))),
    named('$exists', fc.boolean()),
    ...(ordered ? ['$lt', '$lte', '$gt', '$gte'].map((name) => named(name, value)) : []),
  );
  const negated = operators.map((one) => ({ $not: one }));
  return fc.oneof(withNull(value), operators, negated).map((query) => ({ [field]: query }));
}

const anyField = fc.oneof(...Object.entries(VALUES).map(([field, value]) => onField(field, value)));
const query = fc.letrec<{ query: object }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    anyField,
    fc.tuple(anyField, anyField).map(([one, other]) => ({ ...one, ...other })),
    fc
      .tuple(
        fc.constantFrom('$and', '$or', '$nor'),
        fc.array(tie('query'), { minLength: 1, maxLength: 3 }),
      )
      .map(([name, of]) => ({ [name]: of })),
  ),
})).query;
const rule = fc.record(
  {
    action: fc.constantFrom('read', 'read', 'manage', 'update'),
    subject: fc.constantFrom('Row', 'Row', 'all', 'Other'),
    inverted: fc.boolean(),
    conditions: fc.oneof(
      { weight: 6, arbitrary: query },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
    fields: fc.constant(['owner']),
  },
  { requiredKeys: ['action', 'subject'] },
);

const conditionsMatcher = buildMongoQueryMatcher({ $and, $or, $nor, $not }, { and, or, nor, not });
const abilityOf = (rules: object[]): AnyMongoAbility =>
  createMongoAbility(rules as RawRuleOf<AnyMongoAbility>[], { conditionsMatcher });

describe('rules as a filter, on PostgreSQL', () => {
  let database: PGlite;
  let rows: { id: number }[];

  beforeAll(async () => {
    database = await PGlite.create();
    await database.exec(`create table r (id serial, owner_id text, ref uuid, age integer,
      "Size" double precision, open boolean, at timestamptz)`);
    const pick = <T>(of: readonly T[], index: number) => of[index % of.length];
    for (let index = 0; index < 210; index += 1) {
      await database.query(
        'insert into r (owner_id, ref, age, "Size", open, at) values ($1, $2, $3, $4, $5, $6)',
        [
          pick(['a', null, 'A', 'b', '', 'ab', '-5', '7', 'é', '😀', "o'x"], index),
          pick([UUIDS[0], null, UUIDS[1]], index),
          pick([0, 1, null, -1, 3, 2], index),
          pick([0, 0.1, null, -1.5, 'NaN', 'Infinity', 1.5], index),
          pick([true, null, false], index >> 1),
          pick([TIMES[0], TIMES[1], null, TIMES[2], '2024-02-29T12:00:00.123456Z'], index),
        ],
      );
    }
    rows = (
      await database.query<{ id: number }>(
        'select id, owner_id as owner, ref, age, "Size" as size, open, at from r order by id',
      )
    ).rows;
  });
  afterAll(() => database.close());

  async function found(ability: AnyMongoAbility, prefix = 'true', params: unknown[] = []) {
    const filter = toSql(conditionsFor(ability, 'read', 'Row'), COLUMNS, {
      firstParameter: params.length + 1,
    });
    const answer = await database.query<{ id: number }>(
      `select id from r where ${prefix} and ${filter.text} order by id`,
      [...params, ...filter.params],
    );
    return answer.rows.map(({ id }) => id);
  }

  const allowed = (ability: AnyMongoAbility): number[] =>
    rows.filter((row) => ability.can('read', subject('Row', { ...row }))).map(({ id }) => id);

  it('finds the very rows that the rules let through one by one', async () => {
    let some = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(rule, { maxLength: 5 }), async (rules) => {
        const ability = abilityOf(rules);
        const expected = allowed(ability);
        if (expected.length > 0 && expected.length < rows.length) some += 1;
        expect(await found(ability)).toEqual(expected);
      }),
      { numRuns: 600 },
    );
    expect(some).toBeGreaterThan(50);
  }, 60_000);

  it('does so for each operator alone, and for its opposite', async () => {
    await fc.assert(
      fc.asyncProperty(anyField, async (conditions) => {
        const one = { action: 'read', subject: 'Row' };
        for (const rules of [
          [{ ...one, conditions }],
          [one, { ...one, inverted: true, conditions }],
        ]) {
          const ability = abilityOf(rules);
          expect(await found(ability)).toEqual(allowed(ability));
        }
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  it('finds nothing without rules, and everything with an unconditional one', async () => {
    expect(await found(abilityOf([]))).toEqual([]);
    expect(await found(abilityOf([{ action: 'read', subject: 'Other' }]))).toEqual([]);
    expect(await found(abilityOf([{ action: 'manage', subject: 'all' }]))).toHaveLength(210);
  });

  it('stands behind parameters of the application', async () => {
    const ability = abilityOf([{ action: 'read', subject: 'Row', conditions: { age: 1 } }]);
    const ids = await found(ability, 'id <= $1', [10]);
    expect(ids).toEqual(allowed(ability).filter((id) => id <= 10));
    expect(ids.length).toBeGreaterThan(0);
  });
});
