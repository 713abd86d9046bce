import fc from 'fast-check';
import {
  asHeader,
  bendLastCharacter,
  editObject,
  editSegment,
  encode,
  flipBit,
  forge,
  type Members,
  splice,
} from './token-edits.js';

const at = fc.nat({ max: 10_000 });
const segment = fc.nat({ max: 2 });
const length = fc.integer({ min: 1, max: 400 });
const noise = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' });
const hmac = fc.constantFrom('HS256', 'HS384', 'HS512');
const tail = fc.constantFrom('=', '==', ' ', '\t', 'A', '%', '.', 'é');
const encoding = fc.constantFrom<BufferEncoding>('base64', 'hex', 'latin1');

const algorithm = fc.constantFrom(
  ...'none None nOnE HS256 HS384 HS512 RS384 RS512 PS256 ES256 EdDSA rs256 dir __proto__'.split(
    ' ',
  ),
  '',
);

const headerMember = fc.constantFrom<Members>(
  { kid: '../../dev/null' },
  { kid: "demo' OR '1'='1" },
  { kid: null },
  { kid: ['demo'] },
  { crit: ['exp'] },
  { crit: ['b64'], b64: false },
  { jku: 'http://127.0.0.1:9/jwks' },
  { x5u: 'http://127.0.0.1:9/cert' },
  { x5c: ['MIIB'] },
  { jwk: { kty: 'oct', k: 'AAAA' } },
  { typ: 'JWE' },
  { cty: 'JWT' },
  { zip: 'DEF' },
  { enc: 'A256GCM' },
);

const claim = fc.constantFrom<Members>(
  { sub: 'tenant-admin' },
  { roles: ['tenant-admin'] },
  { roles: ['*'] },
  { permissions: ['*'] },
  { platform_roles: ['auditor'] },
  { empresa_id: 'clinica-sur' },
  { exp: 9_999_999_999 },
  { exp: '9999999999' },
  { aud: ['clinic-api', 'x'] },
  { iss: 'http://127.0.0.1:9' },
  { nbf: 0 },
);

/** Yields every mutation of `token`. */
function mutations(
  token: string,
  other: string,
  secrets: readonly string[],
): readonly fc.Arbitrary<string>[] {
  const [header = '', payload = ''] = token.split('.');
  const order = fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 1 });
  return [
    fc.tuple(segment, at).map(([i, bit]) => editSegment(token, i, (text) => flipBit(text, bit))),
    fc.tuple(at, length).map(([i, removed]) => splice(token, i, removed)),
    fc.tuple(at, noise).map(([i, added]) => splice(token, i, 0, added)),
    fc.tuple(at, noise).map(([i, added]) => splice(token, i, added.length, added)),
    fc.nat({ max: token.length - 1 }).map((end) => token.slice(0, end)),
    segment.map((i) => editSegment(token, i, () => other.split('.')[i] ?? '')),
    segment.map((i) => editSegment(token, i, () => '')),
    order.map((indexes) => indexes.map((i) => token.split('.')[i]).join('.')),
    algorithm.map((alg) => editSegment(token, 0, (text) => editObject(text, { alg }))),
    algorithm.map((alg) => `${editObject(header, { alg })}.${payload}.`),
    headerMember.map((members) => editSegment(token, 0, (text) => editObject(text, members))),
    claim.map((members) => editSegment(token, 1, (text) => editObject(text, members))),
    fc.tuple(segment, tail).map(([i, end]) => editSegment(token, i, (text) => text + end)),
    encoding.map((name) => token.split('.').map(inEncoding(name)).join('.')),
    fc.constantFrom(token.toUpperCase(), encode(token), encodeURIComponent(`"${token}"`)),
    fc.constantFrom('.', ',', ' ', '%20', '\t').map((between) => token + between + other),
    segment.map((i) => editSegment(token, i, bendLastCharacter)),
    fc
      .tuple(hmac, fc.constantFrom(...secrets), claim)
      .map(([alg, secret, claims]) => forge(token, alg, secret, claims)),
  ];
}

function inEncoding(name: BufferEncoding): (text: string) => string {
  return (text) => Buffer.from(text, 'base64url').toString(name);
}

/**
 * Returns the same `count` mutated tokens of `tokens[0]` for each pair of tokens, none of which is
 * valid again. `secrets` are the spellings of the public key that serve as HMAC secrets.
 */
export function mutatedTokens(
  tokens: readonly [string, string],
  secrets: readonly string[],
  count: number,
): string[] {
  const good = new Set<string>(tokens);
  const mutated = fc
    .oneof(...mutations(...tokens, secrets))
    .map(asHeader)
    .filter((token) => !good.has(token.trim()));
  return fc.sample(mutated, { numRuns: count, seed: 20_260_101 });
}
