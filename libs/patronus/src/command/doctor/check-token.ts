import { compactVerify } from 'jose';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { PatronusError } from '../../errors/patronus.error.js';
import { textsOf } from '../../identity/claim-mapping.js';
import { member, type JsonObject } from '../../identity/json-object.js';
import { parseToken, type ParsedToken } from '../../identity/parse-token.js';
import { type CheckedHeader, checkHeader } from '../../providers/jwt/check-header.js';
import type { KeySet } from '../../providers/jwt/key-set.js';
import { oidc } from '../../providers/jwt/oidc.provider.js';
import { DEFAULT_ALGORITHMS } from '../../providers/jwt/signature-algorithm.js';
import type { KnownIssuer } from '../../remote/issuer-metadata.js';
import { tenantIdOf } from '../../tenancy/tenant-id.js';
import { checkTimes } from './check-times.js';
import { error, type Finding, ok, warning } from './finding.js';

/** Facts that a token is compared with. */
export interface Expected extends KnownIssuer {
  readonly audience: string | undefined;
  readonly jwksUri: string | undefined;
  readonly keys: KeySet | undefined;
  readonly tenantClaim: string | undefined;
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof PatronusConfigurationError) return thrown.message;
  return thrown instanceof PatronusError ? (thrown.reason ?? thrown.code) : 'unknown';
}

/** Explains a token that the guard calls malformed, with the most likely cause. */
function malformed(token: string, thrown: unknown): Finding {
  const problem = `The token cannot be read: ${reasonOf(thrown)}.`;
  const remedy =
    token.split('.').length === 5
      ? 'It is encrypted (JWE): ask the issuer for signed access tokens.'
      : 'Paste it without Bearer and quotation marks; an opaque one is for introspection().';
  return error('token_malformed', problem, remedy);
}

/** Checks each fact of a token by itself, and last the verdict of the guard. Prints no claim. */
export async function checkToken(token: string, expected: Expected): Promise<readonly Finding[]> {
  let parsed: ParsedToken;
  try {
    parsed = parseToken(token);
  } catch (thrown) {
    return [malformed(token, thrown)];
  }
  const { payload } = parsed;
  return [
    ...(await checkSignature(token, parsed.header, expected.keys)),
    checkIss(payload, expected.issuer),
    checkAud(payload, expected.audience),
    ...checkTimes(payload),
    ...checkTenant(payload, expected.tenantClaim),
    ...(await checkVerdict(token, expected)),
  ];
}

async function checkSignature(
  token: string,
  header: JsonObject,
  keys: KeySet | undefined,
): Promise<readonly Finding[]> {
  let checked: CheckedHeader;
  try {
    checked = checkHeader(header, { algorithms: DEFAULT_ALGORITHMS, requireTyp: undefined });
  } catch (thrown) {
    const remedy = `Send an access token that is signed with ${DEFAULT_ALGORITHMS.join(', ')}.`;
    return [error('token_header', `The header is refused: ${reasonOf(thrown)}.`, remedy)];
  }
  if (keys === undefined) return [];
  const found = keys.find(checked.kid);
  if (found === undefined) {
    const problem = 'The issuer publishes no usable key with the kid in the header.';
    return [error('token_kid', problem, 'Is it a token of this issuer? Was the key removed?')];
  }
  if (!found.algorithms.includes(checked.algorithm)) {
    const problem = 'The alg in the header is not the algorithm of the key.';
    return [error('token_alg', problem, `The key is for ${found.algorithms.join(', ')}.`)];
  }
  try {
    await compactVerify(token, found.key, { algorithms: [checked.algorithm] });
    return [ok('token_signature', 'The signature is good.')];
  } catch {
    const problem = 'The signature is wrong.';
    return [error('token_signature', problem, 'The token was changed, cut, or forged.')];
  }
}

function checkIss(payload: JsonObject, issuer: string): Finding {
  if (member(payload, 'iss') === issuer) return ok('token_issuer', 'iss is the issuer.');
  const problem = 'iss is another issuer, perhaps only by a slash at its end.';
  return error('token_issuer', problem, 'See it with --show-claims, and configure that one.');
}

function checkAud(payload: JsonObject, audience: string | undefined): Finding {
  const aud = member(payload, 'aud');
  if (audience === undefined) {
    const problem = 'No --audience was given, so aud is not checked.';
    return warning('token_audience_unchecked', problem, 'Give the audience of your API.');
  }
  if (aud === audience || textsOf(aud).includes(audience)) {
    return ok('token_audience', 'aud holds the audience.');
  }
  const problem = `aud does not hold ${audience}.`;
  const remedy =
    aud === undefined
      ? 'There is no aud: see audienceClaim of oidc(), or ask the issuer for one.'
      : 'Ask for a token for this API, or mend the audience; see it with --show-claims.';
  return error('token_audience', problem, remedy);
}

function checkTenant(payload: JsonObject, claim: string | undefined): readonly Finding[] {
  if (claim === undefined) return [];
  if (tenantIdOf(member(payload, claim)) !== undefined) {
    return [ok('token_tenant', `${claim} names a tenant.`)];
  }
  const problem = `${claim} is missing, or is not the id of a tenant.`;
  const remedy =
    'Let the issuer add it, or correct tenancy.claim; guarded routes answer tenant_required.';
  return [error('token_tenant', problem, remedy)];
}

/**
 * Verifies the token with the provider that applications use, so that the verdict is always that of
 * the guard.
 */
async function checkVerdict(
  token: string,
  { issuer, insecureHosts, audience, jwksUri, keys }: Expected,
): Promise<readonly Finding[]> {
  if (keys === undefined || audience === undefined) return [];
  try {
    const provider = oidc({
      issuer,
      audience,
      ...(insecureHosts.length > 0 && { insecureHosts }),
      ...(jwksUri !== undefined && { jwksUri }),
    });
    await provider.authenticate({ scheme: 'bearer', token });
    return [ok('guard', 'The guard accepts the token.')];
  } catch (thrown) {
    const code = thrown instanceof PatronusError ? thrown.code : 'unknown';
    const problem = `The guard refuses the token: ${code} (${reasonOf(thrown)}).`;
    return [error('guard', problem, 'See the other findings, and docs/README.md.')];
  }
}
