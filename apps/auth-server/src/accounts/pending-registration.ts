/** What becomes of an account once its link is opened. */
export interface PendingRegistration {
  readonly passwordHash: string;
  readonly username?: string | undefined;
  readonly name?: string | undefined;
}

/** As it is kept with the link. */
export function pendingData({
  passwordHash,
  username,
  name,
}: PendingRegistration): Record<string, string> {
  return {
    passwordHash,
    ...(username !== undefined && { username }),
    ...(name !== undefined && { name }),
  };
}

/** Undefined where the link is about something else. */
export function readPending(
  data: Readonly<Record<string, string>>,
): PendingRegistration | undefined {
  const { passwordHash, username, name } = data;
  return passwordHash === undefined ? undefined : { passwordHash, username, name };
}
