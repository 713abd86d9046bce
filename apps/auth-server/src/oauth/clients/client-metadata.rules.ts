import type { z } from 'zod';
import { faultOfRedirectUri } from './redirect-uri.js';

/** The members of client metadata that depend on one another. */
interface Metadata {
  readonly application_type?: 'web' | 'native' | undefined;
  readonly redirect_uris: readonly string[];
  readonly post_logout_redirect_uris?: readonly string[] | undefined;
  readonly grant_types: readonly string[];
  readonly response_types: readonly string[];
  readonly token_endpoint_auth_method: string;
  readonly token_endpoint_auth_signing_alg?: string | undefined;
  readonly jwks?: unknown;
  readonly jwks_uri?: string | undefined;
}

/** What no member shows by itself. */
export function checkTogether(metadata: Metadata, context: z.RefinementCtx): void {
  const fault = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  checkRedirectUris(metadata, fault);
  checkGrants(metadata, fault);
  checkKeys(metadata, fault);
}

type Fault = (path: (string | number)[], message: string) => void;

function checkRedirectUris(metadata: Metadata, fault: Fault): void {
  for (const member of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    for (const [index, uri] of (metadata[member] ?? []).entries()) {
      const found = faultOfRedirectUri(uri, metadata.application_type);
      if (found !== undefined) fault([member, index], found);
    }
  }
}

function checkGrants(metadata: Metadata, fault: Fault): void {
  const { grant_types: grants, response_types: responses } = metadata;
  const usesCode = grants.includes('authorization_code');
  if (usesCode !== responses.includes('code')) {
    fault(['response_types'], 'must be ["code"] with authorization_code, and [] without.');
  }
  if (usesCode && metadata.redirect_uris.length === 0) {
    fault(['redirect_uris'], 'must not be empty: authorization_code needs one.');
  }
  if (grants.includes('client_credentials') && metadata.token_endpoint_auth_method === 'none') {
    fault(['token_endpoint_auth_method'], 'must not be none: client_credentials proves a client.');
  }
}

function checkKeys(metadata: Metadata, fault: Fault): void {
  const { jwks, jwks_uri: address, token_endpoint_auth_method: method } = metadata;
  if (jwks !== undefined && address !== undefined) {
    fault(['jwks_uri'], 'must not stand beside jwks.');
  }
  if (method === 'private_key_jwt' && jwks === undefined && address === undefined) {
    fault(['jwks'], 'is missing: private_key_jwt needs it, or jwks_uri.');
  }
  if (method !== 'private_key_jwt' && metadata.token_endpoint_auth_signing_alg !== undefined) {
    fault(['token_endpoint_auth_signing_alg'], `must not be there: ${method} signs nothing.`);
  }
}
