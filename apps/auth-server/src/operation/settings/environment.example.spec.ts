import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ENVIRONMENT } from './environment.schema.js';
import { readSettings } from './server-settings.js';

const FOLDER = `${import.meta.dirname}/../../..`;
const EXAMPLE = readFileSync(`${FOLDER}/.env.example`, 'utf8');
const VARIABLES = [...EXAMPLE.matchAll(/^#([A-Z_]+)=(.*)$/gm)];

describe('.env.example', () => {
  it('names each variable, once, and no other', () => {
    const names = VARIABLES.map(([, name = '']) => name);
    expect(names.toSorted()).toEqual(Object.keys(ENVIRONMENT.shape).toSorted());
  });

  it('holds values that are right together, and the defaults', () => {
    const values = VARIABLES.map(([, name, value]) => [name, value]);
    const placeholders = { DATABASE_URL: '', REDIS_URL: '', SMTP_URL: '' };
    expect(readSettings({ ...Object.fromEntries(values), ...placeholders })).toEqual(
      readSettings({}),
    );
  });
});
