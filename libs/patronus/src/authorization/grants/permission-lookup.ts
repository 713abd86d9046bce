import { PatronusError } from '../../errors/patronus.error.js';
import { withinDeadline } from '../../identity/deadline.js';
import { warnOfMisspeltMembers } from '../../identity/misspelt-members.js';
import {
  AUTHORITY_MEMBERS,
  parseGrantedAuthority,
  type GrantedAuthority,
} from './granted-authority.js';
import type { PermissionSource, PermissionSubject } from './permission-source.js';
import type { SharedGrants } from './shared-grants.js';
import type { SubjectKey } from './subject-key.js';

const RETRY_AFTER_SECONDS = 5;

/** Answer from the shared cache or from the source. */
export interface LookedUp {
  readonly authority: GrantedAuthority;
  /** Time at which the source was called, in milliseconds since the epoch. */
  readonly askedAt: number;
  readonly from: 'shared cache' | 'source';
}

/** Looks up grants in the shared cache, then in the source. */
export class PermissionLookup {
  constructor(
    private readonly shared: SharedGrants,
    private readonly source: PermissionSource,
    private readonly timeoutMs: number,
  ) {}

  /**
   * Looks up the grants of one subject.
   *
   * @throws {PatronusError} `provider_unavailable` if the source fails.
   */
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
      throw unavailable(
        'the permission source returned something other than an object with lists of strings, such as { roles: [...] }',
      );
    }
    if (typeof answer === 'object' && answer !== null) {
      warnOfMisspeltMembers('permissions.source', answer, AUTHORITY_MEMBERS);
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
