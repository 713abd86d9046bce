import type { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import { isClientId } from '../clients/client-metadata.schema.js';

/** The events of oidc-provider for requests that it refuses. */
const REFUSALS = [
  'authorization',
  'code_verification',
  'device_authorization',
  'device_resume',
  'end_session',
  'end_session_confirm',
  'grant',
  'introspection',
  'pushed_authorization_request',
  'registration_create',
  'registration_delete',
  'registration_read',
  'registration_update',
  'revocation',
  'userinfo',
];

/** Errors that are steps of a protocol. Signed tokens are introspected and revoked by the platform itself. */
const STEPS = new Set(['authorization_pending', 'use_dpop_nonce', 'unsupported_token_type']);

/** Logs each refused request with its client, grant, error and cause, and without what is secret. */
export function logRefusals(provider: Provider): void {
  const logger = new Logger('OAuth');
  const emitter: EventEmitter = provider;
  for (const name of REFUSALS) {
    emitter.on(`${name}.error`, (ctx: KoaContextWithOIDC, error: unknown) => {
      if (!(error instanceof errors.OIDCProviderError) || STEPS.has(error.error)) return;
      logger.log(lineOf(name, ctx, error));
    });
  }
}

function lineOf(
  name: string,
  { oidc: { client, params } }: KoaContextWithOIDC,
  error: errors.OIDCProviderError,
): string {
  const { client_id: id, grant_type: grant, redirect_uri: redirect } = params ?? {};
  const asked = typeof id === 'string' && isClientId(id) ? id : undefined;
  const parts = {
    client: client?.clientId ?? asked,
    grant: typeof grant === 'string' && /^[\w:.-]{1,100}$/.test(grant) ? grant : undefined,
    error: error.error,
    redirect_uri: error.error === 'invalid_redirect_uri' ? addressOf(redirect) : undefined,
    cause: error.error_detail ?? error.error_description,
  };
  const known = Object.entries(parts).filter(([, value]) => value !== undefined);
  return `Refused ${name}: ${known.map(([part, value]) => `${part}=${value}`).join(', ')}`;
}

/** The longest address in the log. */
const MAX_ADDRESS = 200;

/** Returns an address without its query, its fragment and its user, which may be secret. */
function addressOf(address: unknown): string | undefined {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (url === null) return undefined;
  const { protocol, host, pathname } = url;
  return `${protocol}${host === '' ? '' : `//${host}`}${pathname}`.slice(0, MAX_ADDRESS);
}
