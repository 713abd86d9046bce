import { requireText } from '../../errors/require-option.js';
import { always, basicProof, type ProveClient } from '../../remote/client-proof.js';
import { type KnownIssuer, requireIssuer } from '../../remote/issuer-metadata.js';
import { NETWORK_OPTIONS, type NetworkOptions, readNetwork } from '../../remote/network.options.js';
import {
  readDenies,
  readRevocationOptions,
  type RevocationOptions,
} from '../../revocation/revocation.options.js';

/** Options of revocations that the identity platform announces. */
export interface PlatformRevocationsOptions extends RevocationOptions, NetworkOptions {
  /**
   * Issuer of the platform, exactly as in `iss`: `https://id.example.com`. What the platform
   * announces applies to the identities of this issuer.
   */
  readonly issuer: string;
  /**
   * Client id of this application at the platform: a confidential client with the grant
   * `client_credentials` and the scope `events.read`.
   */
  readonly clientId: string;
  /** Secret of this application at the platform. */
  readonly clientSecret: string;
  /** Audience of the platform's own API. Default: the issuer, with `/api` appended. */
  readonly audience?: string | undefined;
  /**
   * Behaviour while revocations may have been missed, which is the case from a second after the
   * platform was last heard. `deny` (default): every request with a credential is answered with
   * 503. `allow`: only credentials that are known to be revoked are refused.
   */
  readonly whenUnreachable?: 'deny' | 'allow' | undefined;
}

/** Options, checked, with their defaults filled in. */
export interface PlatformRevocationsSettings {
  readonly keepFor: number;
  readonly max: number;
  readonly denies: boolean;
  readonly known: KnownIssuer;
  /** URL of the event stream. */
  readonly url: string;
  readonly audience: string;
  readonly proveClient: ProveClient;
}

const OWN = ['issuer', 'clientId', 'clientSecret', 'audience', 'whenUnreachable'];

/**
 * Checks the options, and fills in their defaults.
 *
 * @throws {PatronusConfigurationError} if an option is not valid; names the option and the remedy
 */
export function readOptions(options: PlatformRevocationsOptions): PlatformRevocationsSettings {
  const { keepFor, max } = readRevocationOptions(options, [...OWN, ...NETWORK_OPTIONS]);
  const network = readNetwork('revocations', options);
  const issuer = requireIssuer('revocations.issuer', options.issuer, network);
  const base = issuer.replace(/\/$/, '');
  const { audience = `${base}/api`, clientId, clientSecret } = options;
  return {
    keepFor,
    max,
    denies: readDenies(options.whenUnreachable),
    known: { issuer, ...network },
    url: `${base}/api/v1/events`,
    audience: text(
      'audience',
      audience,
      "Give the audience of the platform's API, or leave it out.",
    ),
    proveClient: always(
      basicProof(
        text('clientId', clientId, 'Give the client_id of this application at the platform.'),
        text('clientSecret', clientSecret, 'Give the client_secret of this application.'),
      ),
    ),
  };
}

function text(name: string, value: unknown, remedy: string): string {
  return requireText(`revocations.${name}`, value, remedy);
}
