import { PatronusError } from '../../errors/patronus.error.js';
import { withinDeadline } from '../../identity/deadline.js';
import { parseGrantedAuthority, type GrantedAuthority } from './granted-authority.js';
import type { PermissionSource, PermissionSubject } from './permission-source.js';
import type { SharedGrants } from './shared-grants.js';
import type { SubjectKey } from './subject-key.js';

const RETRY_AFTER_SECONDS = 5;

/** An answer, from the shared cache or from the source. */
export interface LookedUp {
  readonly authority: GrantedAuthority;
  /** When the source was asked, in milliseconds since the epoch. */
  readonly askedAt: number;
  readonly from: 'shared cache' | 'source';
}

/** One look-up: the shared cache, then the source. */
export class PermissionLookup {
  constructor(
    private readonly shared: SharedGrants,
    private readonly source: PermissionSource,
    private readonly timeoutMs: number,
  ) {}

  /** @throws {PatronusError} `provider_unavailable` where the source fails. */
  async ask(key: SubjectKey, subject: PermissionSubject): Promise<LookedUp> {
    const { entry, generations } = await this.shared.look(key);
    if (entry !== undefined) return { ...entry, from: 'shared cache' };

    const askedAt = Date.now();
    const authority = await this.askSource(subject);
    if (generations !== undefined) {
      void this.shared.write(key, { authority, askedAt, generations });
    }
    return { authority, askedAt, from: 'source' };
  }

  private async askSource(subject: PermissionSubject): Promise<GrantedAuthority> {
    let answer: unknown;
    try {
      const asked = Promise.resolve(this.source.grantsOf(subject));
      answer = await withinDeadline(asked, this.timeoutMs);
    } catch (error) {
      if (error instanceof PatronusError) throw error;
      throw unavailable('the permission source failed', error);
    }
    const authority = parseGrantedAuthority(answer);
    if (authority === undefined) {
      throw unavailable('the permission source answered with something else than lists of strings');
    }
    return authority;
  }
}

function unavailable(reason: string, cause?: unknown): PatronusError {
  return new PatronusError('provider_unavailable', {
    retryAfter: RETRY_AFTER_SECONDS,
    reason,
    cause,
  });
}
