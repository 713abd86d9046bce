import type { ToIdentity } from './index.js';

export interface Actions {
  success(user: unknown, info?: unknown): void;
  fail(challenge?: unknown): void;
  error(error: unknown): void;
  pass(): void;
  redirect(url?: string): void;
}

export interface Account {
  readonly id: string;
}

export const bearer = { scheme: 'bearer', token: 'secret-token-0123456789' } as const;
export const byId: ToIdentity = (user: Account) => ({ id: user.id });

export function acting(act: (run: Actions, request: object) => unknown) {
  return {
    authenticate(this: Actions, request: object) {
      return act(this, request);
    },
  };
}

export const ana = acting((run) => run.success({ id: 'ana' }, { scope: 'notes' }));
