import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate with its key, as PEM text. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

const OIDS = {
  commonName: '550403',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  ecdsaWithSha256: '2a8648ce3d040302',
} as const;

const TAGS = { sequence: 0x30, set: 0x31, explicit0: 0xa0, explicit3: 0xa3 } as const;

/** An element of DER (X.690): tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]) => der(TAGS.sequence, ...parts);
const oid = (name: keyof typeof OIDS) => der(0x06, Buffer.from(OIDS[name], 'hex'));
const octets = (content: Buffer) => der(0x04, content);
const bits = (content: Buffer) => der(0x03, Buffer.from([0]), content);
const truth = der(0x01, Buffer.from([0xff]));
const time = (text: string) => der(0x17, Buffer.from(text));
const name = (text: string) =>
  sequence(der(TAGS.set, sequence(oid('commonName'), der(0x0c, Buffer.from(text)))));
const ALGORITHM = sequence(oid('ecdsaWithSha256'));

let serial = 0;

/** Creates a certificate (RFC 5280, section 4.1), valid for longer than the tests run. */
function certificate(
  subject: string,
  publicKey: KeyObject,
  issuer: { readonly name: string; readonly privateKey: KeyObject },
  extension: Buffer,
): string {
  serial += 1;
  const body = sequence(
    der(TAGS.explicit0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([serial])),
    ALGORITHM,
    name(issuer.name),
    sequence(time('200101000000Z'), time('491231235959Z')),
    name(subject),
    publicKey.export({ format: 'der', type: 'spki' }),
    der(TAGS.explicit3, sequence(extension)),
  );
  const whole = sequence(body, ALGORITHM, bits(sign('sha256', body, issuer.privateKey)));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Certificate authority that is known inside a company only. */
export class PrivateAuthority {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #name = 'Company CA';
  /** Its own certificate, which clients are configured to trust. */
  readonly cert = certificate(
    this.#name,
    this.#keys.publicKey,
    { name: this.#name, privateKey: this.#keys.privateKey },
    sequence(oid('basicConstraints'), truth, octets(sequence(truth))),
  );

  /** Certifies a server of that host name. */
  issue(host: string): Certified {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const names = sequence(der(0x82, Buffer.from(host)));
    const extension = sequence(oid('subjectAltName'), octets(names));
    const issuer = { name: this.#name, privateKey: this.#keys.privateKey };
    return {
      cert: certificate(host, publicKey, issuer, extension),
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    };
  }
}
