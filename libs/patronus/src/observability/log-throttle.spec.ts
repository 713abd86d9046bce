import { afterEach, expect, it, jest } from '@jest/globals';
import { logOncePerMinute } from './log-throttle.js';

afterEach(() => {
  jest.restoreAllMocks();
});

it('writes a line of a kind once a minute', () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000);
  const written: string[] = [];
  const write = (kind: string) => logOncePerMinute(kind, () => written.push(kind));
  for (const kind of ['a', 'a', 'b']) write(kind);
  clock.mockReturnValue(60_999);
  write('a');
  expect(written).toEqual(['a', 'b']);
  clock.mockReturnValue(61_001);
  write('a');
  expect(written).toEqual(['a', 'b', 'a']);
});
