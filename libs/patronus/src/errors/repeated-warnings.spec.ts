import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { RepeatedWarnings } from './repeated-warnings.js';

describe('warnings that requests cause', () => {
  const warned = jest.fn<(line: string) => void>();
  const debugged = jest.fn<(line: string) => void>();
  let now = Date.UTC(2030, 0, 1);

  beforeEach(() => {
    warned.mockReset();
    debugged.mockReset();
    jest.spyOn(Logger.prototype, 'debug').mockImplementation(debugged);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(warned);
    jest.spyOn(Date, 'now').mockImplementation(() => now);
  });
  afterEach(() => void jest.restoreAllMocks());

  const lines = () => warned.mock.calls.map(([line]) => line);

  it('are logged once a minute and kind, with how many were not', () => {
    const warnings = new RepeatedWarnings();
    for (const line of ['first', 'second', 'third']) warnings.warn('audience', line);
    warnings.warn('issuer', 'another kind');
    expect(lines()).toEqual(['first', 'another kind']);
    expect(debugged.mock.calls.flat()).toEqual(['second', 'third']);
    now += 59_999;
    warnings.warn('audience', 'fourth');
    now += 1;
    warnings.warn('audience', 'fifth');
    expect(lines().slice(2)).toEqual([
      'fifth (3 more like the last one were logged at debug level only.)',
    ]);
    now += 60_000;
    warnings.warn('audience', 'sixth');
    expect(lines().slice(3)).toEqual(['sixth']);
  });

  it('are not silenced for long by a clock that went back', () => {
    const warnings = new RepeatedWarnings();
    warnings.warn('audience', 'first');
    now -= 3_600_000;
    warnings.warn('audience', 'second');
    expect(lines()).toEqual(['first', 'second']);
  });

  it('forget the oldest kind beyond a hundred', () => {
    const warnings = new RepeatedWarnings();
    for (let kind = 0; kind <= 100; kind += 1) warnings.warn(String(kind), 'line');
    warnings.warn('100', 'known');
    warnings.warn('0', 'forgotten');
    expect(lines()).not.toContain('known');
    expect(lines()).toContain('forgotten');
  });
});
