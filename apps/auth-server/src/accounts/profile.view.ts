import type { AccountRow, PlatformRole } from '../database/schema/index.js';

/** What people see of their own account. */
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
