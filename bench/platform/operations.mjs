import { basic, MACHINE, RESOURCE, WEB } from './clients.mjs';

const FORM = 'application/x-www-form-urlencoded';

/** A POST of a form, by a client that proves itself (RFC 6749, section 2.3.1). */
export function formPost(clientId, path, fields) {
  return {
    method: 'POST',
    path,
    headers: { authorization: basic(clientId), 'content-type': FORM },
    body: new URLSearchParams(fields).toString(),
  };
}

export function jsonPost(path, body) {
  return {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

/** A signed access token for a resource server (RFC 6749, section 4.4; RFC 8707; RFC 9068). */
export function clientCredentials({ token }) {
  const fields = { grant_type: 'client_credentials', scope: 'read', resource: RESOURCE };
  return formPost(MACHINE, token, fields);
}

/** An opaque access token, an ID token and the next refresh token (RFC 6749, section 6). */
export function refresh({ token }, refreshToken) {
  return formPost(WEB, token, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

/** Of an opaque access token (RFC 7662). */
export function introspection({ introspection: path }, token) {
  return formPost(WEB, path, { token });
}

/** The same request over and over, as autocannon takes it. */
export function always(request) {
  return [request];
}

/** A request for each of some tokens, in turn. */
export function inTurn(requests) {
  let next = 0;
  return [
    { setupRequest: (base) => ({ ...base, ...requests[(next = (next + 1) % requests.length)] }) },
  ];
}

/** Refreshes: each with the token that an earlier one gave, so that none comes twice. */
export function along(chain, paths) {
  return [
    {
      setupRequest: (base) => ({ ...base, ...refresh(paths, chain.take()) }),
      onResponse: (status, body) => status === 200 && chain.give(JSON.parse(body).refresh_token),
    },
  ];
}
