import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';

/** The token with one character changed whose bits all count, in the signature where it has one. */
export function mutated(token) {
  const at = token.lastIndexOf('.') + 5;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}

/** Returns the header and the claims of a JWT, unverified. */
export function decoded(token) {
  const [header, payload] = token
    .split('.')
    .slice(0, 2)
    .map((segment) => JSON.parse(Buffer.from(segment, 'base64url').toString()));
  return { header, payload };
}

/** The application lets the token in, and answers with the identity behind it. */
export async function assertAdmitted(app, token, headers) {
  const answer = await app.ask(token, headers);
  assert.equal(answer.status, 200, `a good token: ${JSON.stringify(answer)}`);
  return answer.body;
}

/** The application refuses the token as a bad one. */
export async function assertRefused(app, token, code, headers) {
  const answer = await app.ask(token, headers);
  assert.equal(answer.status, 401, `a bad token: ${JSON.stringify(answer)}`);
  assert.match(answer.challenge, /error="invalid_token"/);
  if (code !== undefined) assert.equal(answer.body.code, code);
  return answer;
}

/** Lets the token in, and refuses it with one character changed, and a request without any. */
export async function assertGuarded(app, token) {
  await assertRefused(app, mutated(token));
  const identity = await assertAdmitted(app, token);
  await assertRefused(app, mutated(token));
  const without = await app.ask();
  assert.deepEqual([without.status, without.body.code], [401, 'token_missing']);
  return identity;
}
