import { z } from 'zod';
import { EMAIL, NAME, PASSWORD, USERNAME } from '../accounts/identifiers.js';
import type { AccountRow, PlatformRole } from '../accounts/accounts.service.js';

/** An account as its owner sees it. */
export interface ProfileView {
  readonly id: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly username: string | null;
  readonly name: string | null;
  readonly role: PlatformRole;
  /** ISO 8601. */
  readonly createdAt: string;
}

export function profileView(account: AccountRow): ProfileView {
  const { id, email, emailVerifiedAt, username, name, role, createdAt } = account;
  return {
    id,
    email,
    emailVerified: emailVerifiedAt !== null,
    username,
    name,
    role,
    createdAt: createdAt.toISOString(),
  };
}

/** Omitted members keep their values; null removes a value. */
export const UPDATE_PROFILE_BODY = z
  .strictObject({
    name: NAME.nullable().optional(),
    username: USERNAME.nullable().optional(),
    email: EMAIL.optional(),
    currentPassword: PASSWORD.optional(),
  })
  .refine(({ email, currentPassword }) => email === undefined || currentPassword !== undefined, {
    path: ['currentPassword'],
    error: 'Changing the email address requires the current password.',
  });

export type UpdateProfileBody = z.output<typeof UPDATE_PROFILE_BODY>;
