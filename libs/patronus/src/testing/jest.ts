import type { AnswerMatchers } from './answers/answer-matchers.js';

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
