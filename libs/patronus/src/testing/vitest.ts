import type { AnswerMatchers } from './answers/answer-matchers.js';

declare module 'vitest' {
  interface Matchers<
    R extends void | Promise<void> = void | Promise<void>,
    T = unknown,
  > extends AnswerMatchers<R, T> {}
}
