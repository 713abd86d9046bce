import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Identity } from '../../identity/identity.js';
import { TestIssuer } from '../../testing/test-issuer.js';
import { requireAudienceClaim } from './audience-claim.js';
import { oidc } from './oidc.provider.js';

describe('a token without aud', () => {
  let issuer: TestIssuer;
  beforeAll(async () => void (issuer = await TestIssuer.start()));
  afterAll(() => issuer.stop());

  async function ask(
    audienceClaim: 'aud' | 'client_id' | 'azp' | undefined,
    claims: object,
  ): Promise<Identity> {
    const provider = oidc({
      issuer: issuer.url,
      audience: ['web', 'mobile'],
      ...(audienceClaim && { audienceClaim }),
    });
    const token = await issuer.token({ aud: undefined, ...claims });
    return provider.authenticate({ scheme: 'bearer', token });
  }

  it.each(['client_id', 'azp'] as const)('is believed by its %s, where told', async (claim) => {
    expect((await ask(claim, { [claim]: 'web' })).id).toBe('user-1');
    expect((await ask(claim, { [claim]: 'mobile' })).id).toBe('user-1');
  });

  it.each([undefined, 'aud'] as const)('is refused unless told: %p', async (claim) => {
    const asked = ask(claim, { client_id: 'web', azp: 'web' });
    await expect(asked).rejects.toMatchObject({ code: 'token_invalid' });
    expect((await ask(claim, { aud: 'web' })).id).toBe('user-1');
  });

  it.each([undefined, null, '', 'other', 'WEB', ['web'], { web: true }, 'constructor'])(
    'is refused with the client_id %p',
    async (client_id) => {
      await expect(ask('client_id', { client_id, azp: 'web' })).rejects.toMatchObject({
        code: 'token_invalid',
        reason: 'client_id is not the audience',
      });
    },
  );

  it('is refused by a claim that it only inherits', async () => {
    await expect(
      ask('client_id', JSON.parse('{"__proto__":{"client_id":"web"}}')),
    ).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('that has one after all is for nobody else', async () => {
    expect((await ask('client_id', { client_id: 'web', aud: 'mobile' })).id).toBe('user-1');
    expect((await ask('client_id', { client_id: 'web', aud: ['x', 'web'] })).id).toBe('user-1');
    for (const aud of ['another-api', ['another-api'], '', []]) {
      await expect(ask('client_id', { client_id: 'web', aud })).rejects.toMatchObject({
        code: 'token_invalid',
        reason: 'aud names another audience',
      });
    }
    await expect(ask('client_id', { client_id: 'other', aud: 'web' })).rejects.toMatchObject({
      code: 'token_invalid',
    });
  });

  it.each(['sub', 'iss', '', null, 7, ['aud'], 'constructor'])('cannot be told by %p', (claim) => {
    expect(() => requireAudienceClaim('oidc.audienceClaim', claim)).toThrow(
      'oidc.audienceClaim: names no audience. Choose from aud, client_id, azp.',
    );
  });
});
