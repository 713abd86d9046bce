import { describe, expect, it } from '@jest/globals';
import { errors } from 'oidc-provider';
import { registeredMetadata } from './registered-metadata.js';

const GOOD = { redirect_uris: ['https://app.example.com/callback'] };

describe('registeredMetadata', () => {
  it('keeps what the platform knows', () => {
    const given = {
      ...GOOD,
      client_id: 'other',
      client_id_issued_at: 1,
      client_secret_expires_at: 0,
    };
    const kept = registeredMetadata('me', { ...given, unheard_of: true });
    expect(kept).toMatchObject({ ...GOOD, client_id: 'me' });
    for (const member of ['client_id_issued_at', 'client_secret_expires_at', 'unheard_of']) {
      expect(kept).not.toHaveProperty(member);
    }
  });

  it.each<[string, object]>([
    ['invalid_client_metadata', { ...GOOD, skip_consent: true }],
    ['invalid_client_metadata', { ...GOOD, skip_consent: false }],
    ['invalid_client_metadata', { grant_types: ['password'] }],
    ['invalid_client_metadata', { ...GOOD, logo_uri: 'http://a.example/logo.png' }],
    ['invalid_redirect_uri', { redirect_uris: ['http://a.example/callback'] }],
    ['invalid_redirect_uri', { redirect_uris: ['myapp:/callback'], application_type: 'native' }],
  ])('refuses as %s: %j', (code, given) => {
    const register = () => registeredMetadata('me', { ...given });
    expect(register).toThrow(errors.InvalidClientMetadata);
    expect(register).toThrow(code);
  });
});
