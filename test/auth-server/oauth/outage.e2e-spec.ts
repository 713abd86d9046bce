import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CuttableLink } from '../support/cuttable-link.js';
import { OAuthBed, SECRET } from '../support/oauth-bed.js';
import { ask } from '../support/oauth-flow.js';
import { type PlatformStorage, platformStorage, STORAGES } from '../support/platform-storage.js';

const POSTGRES = 'PostgreSQL + Redis';

(STORAGES.includes(POSTGRES) ? describe : describe.skip)('while PostgreSQL is away, OAuth', () => {
  let storage: PlatformStorage;
  let link: CuttableLink;
  let bed: OAuthBed;

  beforeAll(async () => {
    storage = await platformStorage(POSTGRES);
    link = await CuttableLink.to(storage.environment['DATABASE_URL']!);
    const environment = { ...storage.environment, DATABASE_URL: link.url };
    bed = await OAuthBed.start({ on: { ...storage, environment } });
  });

  afterAll(async () => {
    await bed.close();
    await link.close();
    await storage.clear();
  });

  const token = () =>
    fetch(`${bed.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`machine:${SECRET}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });

  it('answers 503 with Retry-After, and works again afterwards', async () => {
    const browser = bed.browser();
    const { page } = await ask(await bed.relyingParty('web'), browser);
    expect((await token()).status).toBe(200);

    link.cut();
    const refused = await token();
    const form = await browser.open(page.url);
    link.mend();

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await expect(refused.json()).resolves.toMatchObject({ error: 'temporarily_unavailable' });
    expect([form.status, form.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await token()).status).toBe(200);
  });
});
