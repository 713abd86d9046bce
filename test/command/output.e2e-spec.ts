import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { start } from './run-command.js';

describe('a command whose reader closes the pipe', () => {
  it.each([
    [['--help'], 0],
    [['doctor', '--help'], 0],
    [['nonsense'], 2],
  ])('ends as usual, without a stack: %j', async (args, expected) => {
    const child = start(args);
    const stderr = text(child.stderr!);
    // As `head` does, and before the command has written anything.
    child.stdout!.destroy();
    const [[code]] = await Promise.all([once(child, 'close'), stderr]);
    expect(code).toBe(expected);
    expect(await stderr).not.toMatch(/EPIPE|at .*\.js/);
  });
});
