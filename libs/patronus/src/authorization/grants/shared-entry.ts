import { isNames, parseGrantedAuthority, type GrantedAuthority } from './granted-authority.js';

/** What the shared cache keeps for one subject in one tenant. */
export interface SharedEntry {
  readonly authority: GrantedAuthority;
  /** When the source was asked, in milliseconds since the epoch. */
  readonly askedAt: number;
  /** The generations that stood when the source was asked. */
  readonly generations: readonly string[];
}

/** Checks what came out of the shared cache: others write to it too. */
export function parseSharedEntry(value: unknown): SharedEntry | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('authority' in value && 'askedAt' in value && 'generations' in value)) return undefined;
  const authority = parseGrantedAuthority(value.authority);
  const { askedAt, generations } = value;
  if (authority === undefined || typeof askedAt !== 'number' || !isNames(generations)) {
    return undefined;
  }
  return { authority, askedAt, generations };
}
