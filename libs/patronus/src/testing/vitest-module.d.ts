/** Replaces Vitest, which the workspace has not installed. It is not part of the package. */
declare module 'vitest' {
  export const expect: { extend(matchers: object): void };
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {}
}
