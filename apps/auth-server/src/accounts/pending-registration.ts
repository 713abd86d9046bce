/** What becomes of an account once its link is opened. */
export interface PendingRegistration {
  /** As it was typed, and mailed to. */
  readonly email: string;
  readonly passwordHash: string;
  readonly username?: string | undefined;
  readonly name?: string | undefined;
}

/** As it is kept with the link. */
export function pendingData({
  email,
  passwordHash,
  username,
  name,
}: PendingRegistration): Record<string, string> {
  return {
    email,
    passwordHash,
    ...(username !== undefined && { username }),
    ...(name !== undefined && { name }),
  };
}

/** Undefined where the link is about something else. */
export function readPending(
  data: Readonly<Record<string, string>>,
): PendingRegistration | undefined {
  const { email, passwordHash, username, name } = data;
  if (email === undefined || passwordHash === undefined) return undefined;
  return { email, passwordHash, username, name };
}
