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

  it.each([null, '', 'other', 'WEB', ['web'], { web: true }, 'constructor'])(
    'is refused with the client_id %p, telling operators what was found and expected',
    async (client_id) => {
      await expect(ask('client_id', { client_id, azp: 'web' })).rejects.toMatchObject({
        code: 'token_invalid',
        reason: `client_id is ${JSON.stringify(client_id)}; expected one of "web", "mobile"`,
        remedy: expect.stringContaining('into client_id, or correct the options'),
      });
    },
  );

  it('is refused without the claim as well', async () => {
    await expect(ask('client_id', { azp: 'web' })).rejects.toMatchObject({
      reason: 'the token has no client_id; expected one of "web", "mobile"',
    });
  });

  it('repeats no more than a part of a long claim', async () => {
    const refused: unknown = await ask('azp', { azp: 'x'.repeat(5000) }).catch((error) => error);
    expect(refused).toMatchObject({ code: 'token_invalid' });
    expect(String(Object(refused).reason).length).toBeLessThan(300);
  });

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
        reason: `aud is ${JSON.stringify(aud)}; expected one of "web", "mobile"`,
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
