import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { Identity, Revocations } from '@patronus/nestjs';
import { PLATFORM } from '../../../apps/auth-server/src/events/catalogue.js';
import { clients } from '../../../apps/auth-server/src/oauth/clients/clients.table.js';
import { oidcPayloads } from '../../../apps/auth-server/src/oauth/store/payloads.table.js';
import { revokedTokens } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { ClientAdministrationService } from '../../../apps/auth-server/src/oauth/clients/client-administration.service.js';
import { CLIENT_DEFINITION } from '../../../apps/auth-server/src/oauth/clients/client-metadata.schema.js';
import { ClientsService } from '../../../apps/auth-server/src/oauth/clients/clients.service.js';
import { IssuedTokens } from '../../../apps/auth-server/src/oauth/store/issued-tokens.js';
import { OidcAdapters } from '../../../apps/auth-server/src/oauth/store/adapters.js';
import { API, CALLBACK, OAuthBed } from '../support/oauth-bed.js';
import { tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const ASKED = { scope: 'openid read', resource: API };

describe.each(STORAGES)('what is taken back on %s', (storage) => {
  let bed: OAuthBed;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
  });

  afterAll(() => bed.close());

  const made = async () => {
    const metadata = { redirect_uris: [CALLBACK], scope: 'openid read' };
    const administration = bed.app.get(ClientAdministrationService, { strict: false });
    const definition = CLIENT_DEFINITION.parse({ metadata });
    const { id, secret } = await administration.create(definition, PLATFORM);
    return { id, config: await bed.relyingParty(id, client.ClientSecretBasic(secret)) };
  };
  const isActive = async (token: string) =>
    (await client.tokenIntrospection(await bed.relyingParty('own'), token)).active;
  const revokedIds = async () =>
    (await bed.db.select().from(revokedTokens)).map(({ tokenId }) => tokenId);

  it.each([
    [
      'an administrator',
      (id: string) =>
        bed.app.get(ClientAdministrationService, { strict: false }).remove(id, PLATFORM),
    ],
    ['itself', (id: string) => bed.app.get(ClientsService, { strict: false }).remove(id, PLATFORM)],
  ])('signed tokens of a client that is removed by %s', async (_by, remove) => {
    const { email } = await bed.person();
    const { id, config } = await made();
    const { access_token: token } = await tokensFor(config, bed.browser(), email, ASKED);
    const { jti } = decodeJwt(token);
    expect(await isActive(token)).toBe(true);
    expect(isRefusedByGuards(token)).toBe(false);

    await remove(id);

    expect(await revokedIds()).toContain(jti);
    expect(await isActive(token)).toBe(false);
    expect(isRefusedByGuards(token)).toBe(true);
  });

  it('tokens whose client is not there', async () => {
    const { email } = await bed.person();
    const { id, config } = await made();
    const { access_token: token } = await tokensFor(config, bed.browser(), email, ASKED);

    await bed.db.delete(clients).where(eq(clients.id, id));

    expect(await isActive(token)).toBe(false);
  });

  it('a signed token that is noted while its grant is taken back', async () => {
    const expiresAt = new Date(bed.clock.now().getTime() + 3_600_000);
    const grants = bed.app.get(OidcAdapters, { strict: false }).of('Grant');
    const tokens = bed.app.get(OidcAdapters, { strict: false }).of('AccessToken');
    const issued = bed.app.get(IssuedTokens, { strict: false });
    const source = { grantId: 'g', clientId: 'web', accountId: 'ana' };
    await grants.upsert('g', { clientId: 'web' }, 3_600);

    // In the order that oidc-provider takes back: its tokens, and then the grant.
    await tokens.revokeByGrantId('g');
    await issued.note({ id: 'jti', expiresAt }, source);
    expect(await revokedIds()).not.toContain('jti');
    await grants.destroy('g');

    expect(await revokedIds()).toContain('jti');
    await issued.note({ id: 'late', expiresAt }, source);
    expect(await revokedIds()).toContain('late');
  });

  it('grants without offline_access with the session at the latest', async () => {
    const { email, id } = await bed.person();
    const web = await bed.relyingParty('web');
    const browser = bed.browser();
    const daysLeft = async () => {
      const rows = await bed.db.select().from(oidcPayloads).where(eq(oidcPayloads.accountId, id));
      const grant = rows.find(({ model }) => model === 'Grant');
      return Math.round((grant!.expiresAt!.getTime() - bed.clock.now().getTime()) / 86_400_000);
    };

    await tokensFor(web, browser, email, { scope: 'openid' });
    expect(await daysLeft()).toBe(30);
    await tokensFor(web, browser, email, { scope: 'openid offline_access', prompt: 'consent' });
    expect(await daysLeft()).toBe(400);
  });

  function isRefusedByGuards(token: string): boolean {
    const { sub, jti, exp } = decodeJwt(token);
    const ids = { id: sub!, issuer: bed.url, provider: 'platform', tokenId: jti!, expiresAt: exp! };
    return bed.app.get(Revocations, { strict: false }).isRevoked(new Identity(ids), undefined);
  }
});
