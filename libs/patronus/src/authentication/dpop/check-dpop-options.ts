import { checkMembers, checkPositiveInteger, remedyFor } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { requireText, requireTexts } from '../../errors/require-option.js';
import { DPoPNonces, type DPoPNonceOptions } from './dpop-nonces.js';
import { DPoPReplays } from './dpop-replays.js';
import type { DPoPOptions } from './dpop.options.js';
import { InMemoryDPoPReplays } from './in-memory.dpop-replays.js';

const DEFAULT_MAX_AGE = 60;
const DEFAULT_LEEWAY = 15;
const MAX_SPAN = 300;
const MIN_SECRET = 32;
const OPTIONS = ['requiredFor', 'origin', 'maxAge', 'leeway', 'nonces', 'replays'];

/** DPoP options with their defaults filled in. */
export interface DPoPSettings {
  readonly requiredFor: ReadonlySet<string>;
  readonly origin: string | undefined;
  readonly maxAge: number;
  readonly leeway: number;
  readonly nonces: DPoPNonces | undefined;
  readonly replays: DPoPReplays;
}

/**
 * Checks the DPoP options, and fills in their defaults.
 *
 * @throws {PatronusConfigurationError}
 */
export function checkDPoPOptions(options: DPoPOptions = {}): DPoPSettings {
  checkMembers('dpop', options, OPTIONS);
  const { requiredFor, origin, nonces, replays } = options;
  const { maxAge = DEFAULT_MAX_AGE, leeway = DEFAULT_LEEWAY } = options;
  return {
    requiredFor: new Set(
      requiredFor &&
        requireTexts('dpop.requiredFor', requiredFor, 'List issuers exactly as in iss.'),
    ),
    origin: origin === undefined ? undefined : requireOrigin(origin),
    maxAge: requireSeconds('maxAge', maxAge, 1),
    leeway: requireSeconds('leeway', leeway, 0),
    nonces: nonces && new DPoPNonces(checkNonces(nonces)),
    replays: replays === undefined ? new InMemoryDPoPReplays() : requireReplays(replays),
  };
}

function requireOrigin(value: unknown): string {
  const remedy = 'Give only scheme, host and port: https://api.example.com.';
  const text = requireText('dpop.origin', value, remedy);
  const origin = URL.canParse(text) ? new URL(text).origin : '';
  if (origin === text && /^https?:/.test(origin)) return origin;
  throw new PatronusConfigurationError('dpop.origin', 'is not an origin.', remedy);
}

function requireSeconds(name: 'maxAge' | 'leeway', value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= MAX_SPAN) return value;
  throw new PatronusConfigurationError(
    `dpop.${name}`,
    'is not a number of seconds in range.',
    `Give a whole number from ${least} to ${MAX_SPAN}.`,
  );
}

function checkNonces(options: DPoPNonceOptions): DPoPNonceOptions {
  checkMembers('dpop.nonces', options, ['secret', 'lifetime']);
  checkPositiveInteger('dpop.nonces.lifetime', options.lifetime);
  const secret: unknown = options.secret;
  const isBytes = typeof secret === 'string' || secret instanceof Uint8Array;
  if (isBytes && Buffer.from(secret).length >= MIN_SECRET) return options;
  throw new PatronusConfigurationError(
    'dpop.nonces.secret',
    `is missing, or shorter than ${MIN_SECRET} bytes.`,
    remedyFor(secret, 'Make one with: openssl rand -base64 48.'),
  );
}

function requireReplays(value: unknown): DPoPReplays {
  if (value instanceof DPoPReplays) return value;
  throw new PatronusConfigurationError(
    'dpop.replays',
    'is not a DPoPReplays.',
    'Give an instance of a class that extends it, such as RedisDPoPReplays.',
  );
}
