import { createHash, timingSafeEqual } from 'node:crypto';
import { Provider } from 'oidc-provider';
import type { AccountRow } from '../../database/schema/index.js';

/** What an interaction hands on of a password that was right: void once there is another one. */
export function passwordProofOf({ id, passwordHash }: AccountRow): string {
  return createHash('sha256').update(`${id} ${passwordHash}`).digest('base64url');
}

/** Whether the interaction that ends right now was given the account's present password. */
export function isPasswordProven(account: AccountRow): boolean {
  const proof = Provider.ctx?.oidc.result?.login?.['proof'];
  if (typeof proof !== 'string') return false;
  const [given, expected] = [Buffer.from(proof), Buffer.from(passwordProofOf(account))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
