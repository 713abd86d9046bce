import { Provider } from 'oidc-provider';
import { hashOpaqueToken } from '../../tokens/opaque-token.js';

/** No id that oidc-provider makes begins with it. */
const HANDLE = '#';

/** What is kept of an id: codes, tokens and cookies are known to their holders alone. */
export function hashOf(id: string): string {
  return id.startsWith(HANDLE) ? id.slice(HANDLE.length) : hashOpaqueToken(id);
}

/**
 * Stands for the id of a device code that was found by its user code: the code itself is known to the
 * device alone. It works inside of this server only, see {@link isPresentable}.
 */
export function handleOf(idHash: string): string {
  return `${HANDLE}${idHash}`;
}

/**
 * Whether an id may be looked up. A handle comes from the interaction that approves a device, and from
 * nowhere else: whoever reads the database could make one, and must not get tokens for it.
 */
export function isPresentable(id: string): boolean {
  return !id.startsWith(HANDLE) || Provider.ctx?.oidc.route === 'device_resume';
}
