import { isNames, parseGrantedAuthority, type GrantedAuthority } from './granted-authority.js';

/** Entry of the shared cache for one subject in one tenant. */
export interface SharedEntry {
  readonly authority: GrantedAuthority;
  /** Time at which the source was called, in milliseconds since the epoch. */
  readonly askedAt: number;
  /** Generations that were current when the source was called. */
  readonly generations: readonly string[];
}

/** Checks an entry of the shared cache, which other software may write to. */
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
