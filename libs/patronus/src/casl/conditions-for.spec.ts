import { describe, expect, it } from '@jest/globals';
import { createMongoAbility, Ability } from '@casl/ability';
import { conditionsFor } from './conditions-for.js';

class Row {}

const conditionsOf = (conditions: object, inverted = false) =>
  conditionsFor(
    createMongoAbility([
      ...(inverted ? [{ action: 'read', subject: 'Row' }] : []),
      { action: 'read', subject: 'Row', conditions, inverted } as never,
    ]),
    'read',
    'Row',
  );

describe('rules as conditions', () => {
  it('are nothing where there is no rule, or an inverted one alone', () => {
    const nothing = { op: 'or', of: [] };
    expect(conditionsFor(createMongoAbility([]), 'read', 'Row')).toEqual(nothing);
    const inverted = [{ action: 'read', subject: 'Row', inverted: true }];
    expect(conditionsFor(createMongoAbility(inverted), 'read', 'Row')).toEqual(nothing);
    const other = [{ action: 'read', subject: 'Other' }];
    expect(conditionsFor(createMongoAbility(other), 'read', 'Row')).toEqual(nothing);
  });

  it('are everything where one rule has no conditions', () => {
    const ability = createMongoAbility([{ action: 'manage', subject: 'all' }]);
    expect(conditionsFor(ability, 'read', 'Row')).toEqual({ op: 'and', of: [] });
  });

  it('take classes as subjects', () => {
    const ability = createMongoAbility([
      { action: 'read', subject: Row, conditions: { a: 1 } },
    ] as never);
    expect(conditionsFor(ability, 'read', Row)).toEqual({ op: 'eq', field: 'a', value: 1 });
  });

  it('take away what is forbidden', () => {
    expect(conditionsOf({ a: { $ne: null, $in: ['x'] } }, true)).toEqual({
      op: 'not',
      of: {
        op: 'or',
        of: [
          {
            op: 'and',
            of: [
              { op: 'not', of: { op: 'eq', field: 'a', value: null } },
              { op: 'in', field: 'a', values: ['x'] },
            ],
          },
        ],
      },
    });
  });

  const untranslatable: readonly (readonly [string, object])[] = [
    ['a pattern', { a: { $regex: 'x' } }],
    ['a pattern as a value', { a: /x/ }],
    ['$all', { a: { $all: ['x'] } }],
    ['$size', { a: { $size: 0 } }],
    ['$elemMatch', { a: { $elemMatch: { b: 1 } } }],
    ['undefined', { a: undefined }],
    ['undefined in a list', { a: { $in: ['x', undefined] } }],
    ['a list', { a: ['x'] }],
    ['an object', { a: { b: 1 } }],
    ['NaN', { a: Number.NaN }],
    ['a date that is none', { a: new Date('never') }],
    ['a big integer', { a: 1n }],
  ];
  it.each(untranslatable)('are refused with %s, allowed or forbidden', (_name, conditions) => {
    for (const inverted of [false, true]) {
      expect(() => conditionsOf(conditions, inverted)).toThrow(/^conditionsFor\(\): a: /);
    }
  });

  it('are refused where the rules are no conditions of MongoDB', () => {
    const ability = new Ability<[string, string], () => boolean>(
      [{ action: 'read', subject: 'Row', conditions: () => true }],
      { conditionsMatcher: (matches) => matches },
    );
    expect(() => conditionsFor(ability as never, 'read', 'Row')).toThrow('"ast"');
  });
});
