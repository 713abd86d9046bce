import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keycloakClaims, TestIssuer } from '@patronus/nestjs/testing';
import { MarkdownPage } from '../markdown-page.js';
import { Project } from './project.js';

/** Returns the status of an answer, and the code of a refusal or the body. */
async function outcomeOf(response: Response): Promise<readonly unknown[]> {
  const text = await response.text();
  const body: unknown = /^[[{]/.test(text) ? JSON.parse(text) : text;
  const isRefusal = typeof body === 'object' && body !== null && 'code' in body;
  return [response.status, isRefusal ? body.code : body];
}

describe('the pages on what does not run beside the tests', () => {
  let issuer: TestIssuer | undefined;
  let project: Project;
  beforeEach(async () => {
    project = await Project.open();
  });
  afterEach(async () => {
    await project.close();
    await issuer?.stop();
  });

  /** Starts code of a page, and returns a function that calls it. */
  async function start(at: TestIssuer, code: string) {
    issuer = at;
    await project.write('app.module.ts', code);
    const url = await project.start({ ISSUER: at.url });
    return async (path: string, claims?: Readonly<Record<string, unknown>>) => {
      const token = claims && (await at.token(claims));
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return outcomeOf(await fetch(`${url}${path}`, { headers }));
    };
  }

  it('from-express-oauth2-jwt-bearer: moves one controller, then closes the application', async () => {
    const page = new MarkdownPage('docs/migrating/from-express-oauth2-jwt-bearer.md');
    const [after = '', between = ''] = page.snippets('ts').map(({ code }) =>
      // The page has both: "`auth0({ domain, audience })`, or `oidc({ issuer, audience })`".
      code
        .replace('import { auth0 }', 'import { oidc }')
        .replace('auth0({', "oidc({ issuer: process.env['ISSUER'] ?? '',")
        .replace(/^\s+domain: .*\n/m, ''),
    );
    const own = await TestIssuer.start();
    const reader = { aud: 'https://api.novah.example', permissions: ['patients.read'] };
    const nobody = { aud: 'https://api.novah.example' };

    let ask = await start(own, between);
    expect(await ask('/invoices')).toEqual([200, []]);
    expect(await ask('/patients')).toEqual([401, 'token_missing']);
    expect(await ask('/patients', nobody)).toEqual([403, 'permission_denied']);
    expect(await ask('/patients', reader)).toEqual([200, []]);

    for (const closed of [between.replace(/^\s+guards: 'manual',\n/m, ''), after]) {
      expect(closed).not.toContain('manual');
      ask = await start(own, closed);
      expect(await ask('/patients', reader)).toEqual([200, []]);
      expect(await ask('/patients', { ...reader, aud: 'other' })).toEqual([401, 'token_invalid']);
      expect(await ask('/patients?access_token=a')).toEqual([400, 'invalid_request']);
      expect((await ask('/invoices'))[0]).not.toBe(200);
    }
  });

  it('from-nest-keycloak-connect: closes the application, but for what is public', async () => {
    const page = new MarkdownPage('docs/migrating/from-nest-keycloak-connect.md');
    const own = await TestIssuer.start({ path: '/realms/novah' });
    const [after = ''] = page
      .snippets('ts')
      .map(({ code }) => code.replace('https://sso.novah.example', new URL(own.url).origin));
    const claims = (realmRoles: readonly string[], more: object = {}) =>
      keycloakClaims({
        issuer: own.issuer,
        clientId: 'patients-api',
        claims: {
          aud: 'patients-api',
          preferred_username: 'ana',
          realm_access: { roles: realmRoles },
          ...more,
        },
      });
    const ask = await start(own, after);
    expect(await ask('/patients/opening-hours')).toEqual([200, '8–18']);
    expect(await ask('/patients')).toEqual([401, 'token_missing']);
    expect(await ask('/patients', claims(['doctor']))).toEqual([
      200,
      { reader: 'ana', patients: [] },
    ]);
    expect(await ask('/patients', claims(['nurse']))).toEqual([403, 'permission_denied']);
    expect(await ask('/patients', claims(['doctor'], { aud: 'other' }))).toEqual([
      401,
      'token_invalid',
    ]);
  });
});
