import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ENVIRONMENT } from './environment.schema.js';
import { unreadVariables } from './unread-variables.js';

const FOLDER = `${import.meta.dirname}/../../..`;
const read = (path: string) => readFileSync(`${FOLDER}/${path}`, 'utf8');
const PAGE = read('../../docs/platform/settings.md');
const EXAMPLE = new Map(
  [...read('.env.example').matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]),
);
/** The rows of the tables: the variable, and the next cell. */
const ROWS = [...PAGE.matchAll(/^\| `([A-Z_]+)` +\| (.*?) +\|/gm)].map(
  ([, name = '', cell = '']) => [name, cell] as const,
);

describe('variables that have no effect', () => {
  it('are named with what replaces them, without their values', () => {
    const lines = unreadVariables({
      SECRET_KEY: 'hunter2',
      JWT_SECRET_KEY: 'hunter2',
      EMAIL_HOST_USER: 'hunter2',
      EMAIL_HOST_PASSWORD: '',
    });
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'SECRET_KEY',
      'JWT_SECRET_KEY',
      'EMAIL_HOST_USER',
    ]);
    expect(lines[0]).toBe(
      'SECRET_KEY is set, but has no effect: MASTER_KEY encrypts the keys of the database.',
    );
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  it('are none of ours', () => {
    const all = Object.keys(ENVIRONMENT.shape).map((name) => [name, 'x']);
    expect(unreadVariables(Object.fromEntries(all))).toEqual([]);
  });
});

describe('docs/platform/settings.md', () => {
  const own = ROWS.filter(([name]) => name in ENVIRONMENT.shape);

  it('lists each variable once', () => {
    const names = own.map(([name]) => name);
    expect(names.toSorted()).toEqual(Object.keys(ENVIRONMENT.shape).toSorted());
  });

  it('states the defaults of the code', () => {
    const defaults: Readonly<Record<string, unknown>> = ENVIRONMENT.parse({});
    for (const [name, cell] of own) {
      // An example, where there is no default.
      const isSet = defaults[name] !== undefined && EXAMPLE.get(name) !== '';
      const stated = isSet ? `\`${EXAMPLE.get(name)}\`` : expect.not.stringMatching(/^`/);
      expect([name, cell]).toEqual([name, stated]);
    }
  });

  it.each([
    'DATABASE_URL',
    'REDIS_URL',
    'SECRET_KEY',
    'JWT_SECRET_KEY',
    'GOOGLE_CLIENT_ID',
    'GOOGLE_CLIENT_SECRET',
    'GITHUB_CLIENT_ID',
    'GITHUB_CLIENT_SECRET',
    'FRONTEND_URL',
    'EMAIL_HOST_USER',
    'EMAIL_HOST_PASSWORD',
    'AUTH_API_URL',
  ])('maps %s, which other services have', (name) => expect(PAGE).toContain(`\`${name}\``));
});
