import { describe, expect, it } from '@jest/globals';
import { CredentialReader } from '../authentication/credential-reader.js';
import { requestMessage } from '../../../../test/fixtures/request-message.js';
import { connectionMessage } from './connection-message.js';
import { graphql } from './graphql.js';

const NAMES = new Set(['tenant']);

describe('what connection_init says', () => {
  const handshake = requestMessage([
    ['host', 'api.example'],
    ['origin', 'https://evil.example'],
  ]);

  it('counts as headers where it is a credential, a tenant, or named in the options', () => {
    const payload = { Authorization: 'Bearer t', 'X-Empresa-Id': 'norte', tenant: 'norte', n: 1 };
    expect(connectionMessage(handshake, payload, NAMES).headers).toEqual({
      host: 'api.example',
      origin: 'https://evil.example',
      authorization: 'Bearer t',
      'x-empresa-id': 'norte',
      tenant: 'norte',
    });
  });

  it.each(['Origin', 'host', 'Cookie', 'Sec-Fetch-Site', 'X-Forwarded-Host', 'dpop', ':authority'])(
    'never counts as %s',
    (name) => {
      const { headers } = connectionMessage(handshake, { [name]: 'https://api.example' }, NAMES);
      expect(headers).toEqual(handshake.headers);
    },
  );

  it.each([null, undefined, 'authorization', ['a'], { authorization: ['a', 'b'] }])(
    'may be anything: %j',
    (payload) => {
      expect(connectionMessage(handshake, payload, NAMES).headers).toEqual(handshake.headers);
    },
  );

  it('lets no page that is not trusted use the session cookie of the handshake', () => {
    const reader = new CredentialReader({ cookie: { name: '__Host-session' } }, ['bearer']);
    const opened = (origin: string) =>
      connectionMessage(
        requestMessage([
          ['host', 'api.example'],
          ['origin', origin],
          ['cookie', '__Host-session=t'],
        ]),
        { origin: 'http://api.example' },
        NAMES,
      );
    expect(() => reader.read(opened('https://evil.example'), {})).toThrow(
      expect.objectContaining({ code: 'csrf_rejected' }),
    );
    expect(reader.read(opened('http://api.example'), {})).toMatchObject({ via: 'cookie' });
  });

  it.each(['Origin', 'host', 'cookie', 'sec-fetch-site'])(
    'may not be told to count as %s',
    (name) => {
      expect(() => graphql({ connectionParams: [name] })).toThrow(
        expect.objectContaining({ path: 'graphql().connectionParams' }),
      );
    },
  );
});
