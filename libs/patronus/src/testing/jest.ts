import { expect } from 'expect';
import type { AnswerMatchers } from './answers/answer-matchers.js';
import { patronusMatchers } from './answers/patronus-matchers.js';

// Jest shares its matchers among all copies of `expect` in the environment of a test.
expect.extend(patronusMatchers);

export type { Matchers } from 'expect';

declare module 'expect' {
  /** Result of `expect()` of Jest. */
  interface Matchers<R extends void | Promise<void>, T = unknown> extends AnswerMatchers<R, T> {}
}

declare global {
  // Matchers of @types/jest, if an application uses that.
  namespace jest {
    interface Matchers<R, T = {}> extends AnswerMatchers<R, T> {}
  }
}
