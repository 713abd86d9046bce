import { applyDecorators } from '@nestjs/common';
import {
  AcceptIssuers,
  OptionalAuth,
  platformRoles,
  Public,
  RequireAny,
  RequireAnyPermission,
  RequireAnyPlatformPermission,
  RequireAnyPlatformRole,
  RequireAnyRole,
  RequireAuthentication,
  RequireDPoP,
  RequirePermissions,
  RequirePlatformPermissions,
  RequirePlatformRoles,
  RequireRoles,
  RequireScopes,
  roles,
  scopes,
  TenantOptional,
  type PatronusErrorCode,
} from '@patronus/nestjs';

/** Answer of a handler: its caller, and the tenant. */
export interface Answer {
  readonly user: string | null;
  readonly tenant: string | null;
}

type Rule = ClassDecorator & MethodDecorator;

/** Operations that every transport binds, each with its decorators. */
export const OPERATIONS = {
  open: [Public()],
  optional: [OptionalAuth(), TenantOptional()],
  closed: [],
  anywhere: [TenantOptional()],
  read: [RequirePermissions('notes.read')],
  write: [RequirePermissions('notes.read', 'notes.write')],
  either: [RequireAnyPermission('notes.write', 'notes.read')],
  doctor: [RequireRoles('doctor')],
  scoped: [RequireScopes('notes')],
  platform: [RequirePlatformPermissions('platform.read')],
  recent: [RequireAuthentication({ within: '5m' })],
  bound: [RequireDPoP()],
  ofIssuer: [AcceptIssuers('https://staff.notes.example')],
  anyDoctor: [RequireAnyRole('doctor', 'nurse')],
  staff: [RequirePlatformRoles('STAFF')],
  anyStaff: [RequireAnyPlatformRole('STAFF', 'ROOT')],
  anyPlatform: [RequireAnyPlatformPermission('platform.write', 'platform.read')],
  eitherAuthority: [RequireAny(roles('doctor'), platformRoles('STAFF'))],
  eitherScope: [RequireAny(scopes('notes'), scopes('admin'))],
  /** Checks the permission `notes.write` with `Access`. */
  asked: [],
  /** Reads `TenantContext.id` although the guards require no tenant. */
  inside: [Public()],
} as const satisfies Record<string, readonly Rule[]>;

export type Operation = keyof typeof OPERATIONS;

export const OPERATION_NAMES = Object.keys(OPERATIONS).filter(
  (name): name is Operation => name in OPERATIONS,
);

/** Applies the decorators of an operation to a handler. */
export function Bears(operation: Operation): MethodDecorator {
  return applyDecorators(...OPERATIONS[operation]);
}

/**
 * Callers by the flaw or the special property of their credential. `transport-bed.ts` creates them.
 */
export const CALLERS = [
  'nobody',
  'reader',
  'doctor',
  'of no tenant',
  'for another tenant',
  'with a scope',
  'of the platform',
  'with an old login',
  'expired',
  'malformed',
  'forged',
  'of a foreign issuer',
  'of the staff',
  'for another audience',
  'revoked',
] as const;

export type Caller = (typeof CALLERS)[number];

const READER: Answer = { user: 'reader', tenant: 'norte' };
const DOCTOR: Answer = { user: 'doctor', tenant: 'sur' };
const OF_PLATFORM: Answer = { user: 'of the platform', tenant: 'norte' };
const ANYBODY: Answer = { user: null, tenant: null };

/** Callers that are refused everywhere but on `open` and `inside`, with the code. */
const BAD: readonly (readonly [Caller, PatronusErrorCode])[] = [
  ['expired', 'token_expired'],
  ['malformed', 'token_malformed'],
  ['forged', 'token_invalid'],
  ['of a foreign issuer', 'issuer_unknown'],
  ['for another audience', 'token_invalid'],
  ['revoked', 'token_revoked'],
  ['for another tenant', 'tenant_mismatch'],
];

const GUARDED = OPERATION_NAMES.filter((name) => name !== 'open' && name !== 'inside');

/** Operation, caller, and result: an answer, or the code of the denial. */
export type Row = readonly [Operation, Caller, Answer | PatronusErrorCode];

/** The same rows on every transport. */
export const ROWS: readonly Row[] = [
  ...CALLERS.map((caller): Row => ['open', caller, ANYBODY]),
  ...GUARDED.flatMap((operation) => BAD.map(([caller, code]): Row => [operation, caller, code])),
  ...GUARDED.filter((name) => name !== 'optional').map((operation): Row => [
    operation,
    'nobody',
    'token_missing',
  ]),
  ['inside', 'reader', 'tenant_required'],
  ['optional', 'nobody', ANYBODY],
  ['optional', 'reader', READER],
  ['optional', 'of no tenant', { user: 'of no tenant', tenant: null }],
  ['closed', 'reader', READER],
  ['closed', 'doctor', DOCTOR],
  ['closed', 'of no tenant', 'tenant_required'],
  ['anywhere', 'of no tenant', { user: 'of no tenant', tenant: null }],
  ['anywhere', 'reader', READER],
  ['read', 'reader', READER],
  ['read', 'with a scope', 'permission_denied'],
  ['read', 'of no tenant', 'tenant_required'],
  ['write', 'reader', 'permission_denied'],
  ['write', 'doctor', DOCTOR],
  ['either', 'reader', READER],
  ['either', 'with a scope', 'permission_denied'],
  ['doctor', 'doctor', DOCTOR],
  ['doctor', 'reader', 'role_denied'],
  ['scoped', 'with a scope', { user: 'with a scope', tenant: 'norte' }],
  ['scoped', 'reader', 'scope_denied'],
  ['platform', 'of the platform', OF_PLATFORM],
  ['platform', 'doctor', 'permission_denied'],
  ['anyDoctor', 'doctor', DOCTOR],
  ['anyDoctor', 'reader', 'role_denied'],
  ['anyDoctor', 'of the platform', 'role_denied'],
  ['staff', 'of the platform', OF_PLATFORM],
  ['staff', 'doctor', 'role_denied'],
  ['anyStaff', 'of the platform', OF_PLATFORM],
  ['anyStaff', 'doctor', 'role_denied'],
  ['anyPlatform', 'of the platform', OF_PLATFORM],
  ['anyPlatform', 'doctor', 'permission_denied'],
  ['eitherAuthority', 'doctor', DOCTOR],
  ['eitherAuthority', 'of the platform', OF_PLATFORM],
  ['eitherAuthority', 'reader', 'role_denied'],
  ['eitherScope', 'with a scope', { user: 'with a scope', tenant: 'norte' }],
  ['eitherScope', 'reader', 'scope_denied'],
  ['asked', 'doctor', DOCTOR],
  ['asked', 'reader', 'permission_denied'],
  ['recent', 'reader', READER],
  ['recent', 'with an old login', 'step_up_required'],
  ['bound', 'reader', 'dpop_proof_missing'],
  ['ofIssuer', 'of the staff', { user: 'of the staff', tenant: 'norte' }],
  ['ofIssuer', 'reader', 'issuer_unknown'],
  ['closed', 'of the staff', { user: 'of the staff', tenant: 'norte' }],
];
