import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import type { Claims } from '../../identity/identity.js';
import { standardFields, textOf } from '../../identity/claim-mapping.js';
import type { IdentityProvider } from '../../identity/identity-provider.js';
import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';
import { requireEmulatorHost } from './emulator-host.js';
import { EmulatorIdentityProvider } from './emulator.identity-provider.js';
import { JwtIdentityProvider } from './jwt.identity-provider.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import type { JwtOptions } from './jwt.options.js';
import { completeProfile } from './complete-profile.js';
import { requireText, requireTexts } from '../../errors/require-option.js';
import { checkJwtOptions } from './option-checks.js';
import { invalid } from './token-error.js';

const JWKS_URI =
  'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com';

/** Options of {@link gcip}. */
export interface GcipOptions extends JwtOptions {
  /** Id of the Google Cloud project, which is also the audience: `novah-care`. */
  readonly projectId: string;
  /**
   * Identity Platform tenants whose users are accepted. A token of any other tenant, or of none, is
   * then refused.
   */
  readonly tenants?: readonly string[];
  /**
   * Address of the Firebase Auth emulator: `127.0.0.1:9099`. Its unsigned tokens are then accepted,
   * and no signed ones: for development and tests. Never read from the environment, and refused if
   * `NODE_ENV` is `production`.
   */
  readonly emulatorHost?: string;
}

function firebaseOf(claims: Claims): JsonObject {
  const firebase = member(claims, 'firebase');
  return isJsonObject(firebase) ? firebase : {};
}

function checkAuthTime(claims: Claims, clockTolerance: number): void {
  const authTime = member(claims, 'auth_time');
  const inThePast = typeof authTime === 'number' && authTime <= Date.now() / 1000 + clockTolerance;
  if (!inThePast) throw invalid('auth_time is not in the past');
}

function checkTenant(claims: Claims, tenants: readonly string[]): void {
  const tenant = textOf(member(firebaseOf(claims), 'tenant'));
  if (tenant === undefined || !tenants.includes(tenant)) throw invalid('tenant not allowed');
}

function gcipFields(claims: Claims): MappedFields {
  const firebase = firebaseOf(claims);
  const method = textOf(member(firebase, 'sign_in_provider'));
  return {
    ...standardFields(claims),
    tenantId: textOf(member(firebase, 'tenant')),
    authenticationMethods: method === undefined ? [] : [method],
  };
}

function requireProjectId(value: unknown): string {
  const projectId = requireText(
    'gcip.projectId',
    value,
    'Give the id of the Google Cloud project.',
  );
  if (/^[a-z0-9.:-]+$/.test(projectId)) return projectId;
  throw new PatronusConfigurationError(
    'gcip.projectId',
    'is not a project id.',
    'Give the id, such as novah-care, not the name or a URL.',
  );
}

/**
 * Verifies the tokens of Google Cloud Identity Platform and Firebase Authentication.
 *
 * `firebase.tenant` becomes `tenantId`, `firebase.sign_in_provider` the authentication method, and
 * the custom claims `roles` and `permissions` the fields of the same names. The emulator's tokens
 * are unsigned, and refused unless `emulatorHost` is given.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @see https://firebase.google.com/docs/auth/admin/verify-id-tokens
 * @example
 * gcip({ projectId: 'novah-care' })
 */
export function gcip(options: GcipOptions): IdentityProvider {
  checkJwtOptions('gcip', options, ['projectId', 'tenants', 'emulatorHost']);
  const projectId = requireProjectId(options.projectId);
  const tenants =
    options.tenants &&
    requireTexts('gcip.tenants', options.tenants, 'Give tenant ids, or leave the option out.');
  const profile = completeProfile(
    {
      name: 'gcip',
      issuer: `https://securetoken.google.com/${projectId}`,
      audience: [projectId],
      jwksUri: JWKS_URI,
      algorithms: ['RS256'],
      check: (claims) => {
        checkAuthTime(claims, profile.clockTolerance);
        if (tenants) checkTenant(claims, tenants);
      },
      map: gcipFields,
    },
    options,
  );
  if (options.emulatorHost === undefined) return new JwtIdentityProvider(profile);
  const host = requireEmulatorHost('gcip.emulatorHost', options.emulatorHost);
  return new EmulatorIdentityProvider(profile, host);
}
