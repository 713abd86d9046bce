import { expect } from 'vitest';
import type { AnswerMatchers } from './answers/answer-matchers.js';
import { patronusMatchers } from './answers/patronus-matchers.js';

expect.extend(patronusMatchers);

declare module 'vitest' {
  interface Matchers<
    R extends void | Promise<void> = void | Promise<void>,
    T = unknown,
  > extends AnswerMatchers<R, T> {}
}
