import { z } from 'zod';

const NAMES = ['email', 'username', 'identifier'] as const;
const name = z.string().min(1).max(320).optional();

/** Who logs in: by one of three names for the same. */
export const LOGIN_BODY = z
  .strictObject({ email: name, username: name, identifier: name, password: z.string().min(1) })
  .transform(({ password, ...names }, context) => {
    const [identifier, ...others] = NAMES.flatMap((member) => names[member] ?? []);
    if (identifier !== undefined && others.length === 0) return { identifier, password };
    context.addIssue({ code: 'custom', message: 'Give one of email, username and identifier.' });
    return z.NEVER;
  });

export type LoginBody = z.output<typeof LOGIN_BODY>;

/** The name in a body that nobody has checked yet, for limits by account. */
export function nameIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const values = NAMES.map((member): unknown => Reflect.get(body, member));
  return values.find((value) => typeof value === 'string');
}
