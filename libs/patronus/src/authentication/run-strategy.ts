/** Result of a Passport strategy: a user, or the challenge that it failed with. */
export type StrategyOutcome =
  | { readonly user: unknown; readonly info: unknown }
  | { readonly challenge: unknown; readonly user?: never };

/** Any object with Passport's `authenticate`. Its other methods are added for each run. */
export interface RunnableStrategy {
  authenticate(request: object, options?: object): unknown;
}

/**
 * Methods that Passport adds to a strategy before it runs
 * (`passport/lib/middleware/authenticate.js`).
 */
interface StrategyActions {
  success(user: unknown, info?: unknown): void;
  fail(challenge?: unknown): void;
  error(error: unknown): void;
  pass(): void;
  redirect(): void;
}

/**
 * Runs a Passport strategy once, without Passport's middleware and its process-wide registry. The
 * strategy itself is shared; each run gets an object of its own that inherits from it.
 *
 * @throws any error that the strategy reports, and an error if it asks for a redirect
 */
export function runStrategy(strategy: RunnableStrategy, request: object): Promise<StrategyOutcome> {
  return new Promise((resolve, reject) => {
    const actions: StrategyActions = {
      success: (user, info) => resolve({ user, info }),
      fail: (challenge) => resolve({ challenge }),
      error: reject,
      pass: () => resolve({ challenge: undefined }),
      redirect: () => reject(new Error('The strategy asked for a redirect.')),
    };
    const run: unknown = Object.assign(Object.create(strategy), actions);
    const ended: unknown = strategy.authenticate.call(run, request, {});
    // An async strategy reports by its actions, too. Only its rejection is handled here.
    if (ended !== undefined) Promise.resolve(ended).catch(reject);
  });
}
