import { expect } from 'expect';
import type { AnswerMatchers } from './answers/answer-matchers.js';
import { patronusMatchers } from './answers/patronus-matchers.js';

// Jest keeps its matchers in one place for all copies of `expect` in the environment of a test.
expect.extend(patronusMatchers);

export type { Matchers } from 'expect';

declare module 'expect' {
  /** What `expect()` of Jest returns. */
  interface Matchers<R extends void | Promise<void>, T = unknown> extends AnswerMatchers<R, T> {}
}

declare global {
  // The one of @types/jest, where an application uses that.
  namespace jest {
    interface Matchers<R, T = {}> extends AnswerMatchers<R, T> {}
  }
}
