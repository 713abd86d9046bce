import { metrics, ValueType } from '@opentelemetry/api';

/** Name of the meter and of the tracer. */
export const SCOPE_NAME = '@patronus/nestjs';

/** Bounds in seconds, as the semantic conventions advise for requests. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * Creates the instruments with the current meter provider. A provider that is set later is not
 * used.
 */
export function instruments() {
  const meter = metrics.getMeter(SCOPE_NAME);
  const count = (name: string, unit: string, description: string) =>
    meter.createCounter(`patronus.${name}`, {
      unit: `{${unit}}`,
      description,
      valueType: ValueType.INT,
    });
  const time = (name: string, description: string) =>
    meter.createHistogram(`patronus.${name}`, {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries: BUCKETS },
    });
  return {
    authentications: count('authentication.attempts', 'attempt', 'Authentications of requests.'),
    authenticationTime: time(
      'authentication.authenticate.duration',
      'Duration of the authentications that the cache does not answer.',
    ),
    authorizations: count('authorization.attempts', 'attempt', 'Requests allowed and denied.'),
    identityLooks: count('identity_cache.requests', 'request', 'Look-ups in the identity cache.'),
    permissionLooks: count(
      'permission_cache.requests',
      'request',
      'Look-ups in the permission cache of this process.',
    ),
    permissionTime: time(
      'permission_source.lookup.duration',
      'Time that a request waits for the shared cache and the permission source.',
    ),
    keyFetches: count('key_fetches', 'fetch', 'Fetches of the keys of issuers.'),
    revocations: count('revocations', 'revocation', 'Revocations by this process or another one.'),
    outages: count('provider_outages', 'outage', 'Outages of identity providers.'),
  };
}

export type Instruments = ReturnType<typeof instruments>;
