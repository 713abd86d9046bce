import { expect, it } from '@jest/globals';
import {
  InMemoryRevocations,
  type PatronusErrorCode,
  type PatronusModuleOptions,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { type Answer, CALLERS, type Caller, type Operation, ROWS } from './behaviour-table.js';

/** Credential and tenant that a caller sends, in the place that its transport has for them. */
export interface Presented {
  readonly authorization?: string;
  /** Value of the header `x-empresa-id`. */
  readonly tenant?: string;
}

/** Result of a call: an answer, or a denial as its caller sees it. */
export type Outcome =
  | { readonly answer: Answer }
  | { readonly code: string; readonly message: string; readonly decisionId: string };

/** Real issuers and tokens for the behaviour table, with the options of the application. */
export class TransportBed {
  private constructor(
    readonly issuer: TestIssuer,
    private readonly foreign: TestIssuer,
    private readonly staff: TestIssuer,
    private readonly revocations: InMemoryRevocations,
    private readonly presented: ReadonlyMap<Caller, Presented>,
  ) {}

  static async start(): Promise<TransportBed> {
    const [issuer, foreign, staff] = await Promise.all([
      TestIssuer.start(),
      TestIssuer.start(),
      TestIssuer.start({ issuer: 'https://staff.notes.example' }),
    ]);
    const tokens = await tokensOf(issuer, foreign, staff);
    const revocations = new InMemoryRevocations();
    const presented = new Map<Caller, Presented>();
    for (const caller of CALLERS) {
      const token = tokens[caller];
      presented.set(caller, {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(caller === 'for another tenant' && { tenant: 'sur' }),
      });
    }
    return new TransportBed(issuer, foreign, staff, revocations, presented);
  }

  /** Options of the application, without its transports. */
  options(): PatronusModuleOptions {
    return {
      identityProvider: [this.issuer, this.staff].map(({ issuer, jwksUri }) =>
        oidc({ issuer, jwksUri, audience: 'test', algorithms: ['RS256'] }),
      ),
      tenancy: { claim: 'empresa_id', header: 'x-empresa-id' },
      permissions: {
        roles: {
          reader: ['notes.read'],
          doctor: { inherits: ['reader'], permissions: ['notes.*'] },
        },
      },
      revocations: this.revocations,
    };
  }

  async revoke(): Promise<void> {
    await this.revocations.revoke({ user: 'revoked' });
  }

  presentedBy(caller: Caller): Presented {
    return this.presented.get(caller) ?? {};
  }

  async stop(): Promise<void> {
    await Promise.all([this.issuer.stop(), this.foreign.stop(), this.staff.stop()]);
  }
}

/** Runs one test for each row of the table. */
export function itBehaves(
  bed: () => TransportBed,
  call: (operation: Operation, presented: Presented) => Promise<Outcome>,
  { except = [] }: { readonly except?: readonly Caller[] } = {},
): void {
  it.each(ROWS.filter(([, caller]) => !except.includes(caller)))(
    '%s, %s: %j',
    async (operation, caller, expected) => {
      const outcome = await call(operation, bed().presentedBy(caller));
      if (typeof expected === 'string') expect(outcome).toEqual(denial(expected));
      else expect(outcome).toEqual({ answer: expected });
    },
  );
}

/** A denial thrown inside of a handler has no decision of the guards. */
function denial(code: PatronusErrorCode): unknown {
  return expect.objectContaining({ code, message: expect.stringMatching(/\.$/) });
}

async function tokensOf(
  issuer: TestIssuer,
  foreign: TestIssuer,
  staff: TestIssuer,
): Promise<Partial<Record<Caller, string>>> {
  const now = Math.floor(Date.now() / 1000);
  const claims = (sub: Caller, more: object = {}) => ({
    sub,
    empresa_id: 'norte',
    auth_time: now,
    ...more,
  });
  return {
    reader: await issuer.token(claims('reader', { roles: ['reader'] })),
    doctor: await issuer.token(claims('doctor', { roles: ['doctor', 'STAFF'], empresa_id: 'sur' })),
    'of no tenant': await issuer.token(claims('of no tenant', { empresa_id: undefined })),
    'for another tenant': await issuer.token(claims('for another tenant', { roles: ['doctor'] })),
    'with a scope': await issuer.token(claims('with a scope', { scope: 'notes' })),
    'of the platform': await issuer.token(
      claims('of the platform', {
        platform_permissions: ['platform.read'],
        platform_roles: ['STAFF', 'doctor'],
        roles: ['ROOT'],
      }),
    ),
    'with an old login': await issuer.token(claims('with an old login', { auth_time: now - 3600 })),
    expired: await issuer.token(claims('expired'), { expiresIn: -60 }),
    malformed: 'not-a.jwt',
    forged: await issuer.token(claims('forged'), {
      key: foreign.key,
      header: { kid: issuer.key.kid },
    }),
    'of the staff': await staff.token(claims('of the staff')),
    'of a foreign issuer': await foreign.token(claims('of a foreign issuer')),
    'for another audience': await issuer.token(claims('for another audience', { aud: 'other' })),
    revoked: await issuer.token(claims('revoked')),
  };
}
