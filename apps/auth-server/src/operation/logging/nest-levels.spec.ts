import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../settings/server-settings.js';
import { nestLevels } from './logging.js';

describe('nestLevels', () => {
  it.each([
    ['silent', []],
    ['warn', ['fatal', 'error', 'warn']],
    ['debug', ['fatal', 'error', 'warn', 'log', 'debug']],
  ])('makes of %s %j', (level, expected) =>
    expect(nestLevels(readSettings({ LOG_LEVEL: level }))).toEqual(expected),
  );
});
