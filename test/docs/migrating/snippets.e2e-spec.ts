import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestIssuer } from '@patronus/nestjs/testing';
import { MarkdownPage, type Snippet } from '../markdown-page.js';
import { Project } from './project.js';

/** Returns the parts of an answer that a caller sees. */
async function seen(response: Response): Promise<readonly unknown[]> {
  const body: unknown = await response.json();
  return [response.status, body];
}

describe('docs/migrating/from-passport-jwt.md', () => {
  const [before, after, filter] = new MarkdownPage('docs/migrating/from-passport-jwt.md').snippets(
    'ts',
  );
  let issuer: TestIssuer;
  let project: Project;

  beforeEach(async () => {
    issuer = await TestIssuer.start();
    project = await Project.open();
  });

  afterEach(async () => {
    await project.close();
    await issuer.stop();
  });

  /** Starts a snippet of the page, and returns a function that calls it. */
  async function start(snippet: Snippet | undefined) {
    await project.write('app.module.ts', snippet?.code ?? '');
    const url = await project.start({ ISSUER: issuer.url });
    return async (path: string, claims?: object) => {
      const token = claims && (await issuer.token({ aud: 'patients-api', ...claims }));
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return seen(await fetch(`${url}${path}`, { headers }));
    };
  }

  const DOCTOR = { roles: ['doctor'] };
  const UNAUTHORIZED = [401, { message: 'Unauthorized', statusCode: 401 }];
  const refusal = (status: number, code: string) => [status, expect.objectContaining({ code })];

  it('says what the recipe does', async () => {
    const ask = await start(before);
    issuer.outage('refuse');
    expect(await ask('/patients', DOCTOR)).toEqual(UNAUTHORIZED);
    issuer.recover();
    expect(await ask('/patients', DOCTOR)).toEqual([200, []]);
    expect(await ask('/patients')).toEqual(UNAUTHORIZED);
    expect(await ask('/patients', { roles: ['receptionist'] })).toEqual([
      403,
      expect.objectContaining({ message: 'Forbidden resource' }),
    ]);
    expect(await ask('/patients', {})).toEqual([500, expect.anything()]);
  });

  it('says what Patronus does', async () => {
    issuer.outage('refuse');
    const ask = await start(after);
    expect(await ask('/patients', DOCTOR)).toEqual(refusal(503, 'provider_unavailable'));
    issuer.recover();
    await expect(ask('/patients')).resolves.toEqual(refusal(401, 'token_missing'));
    expect(await ask('/patients', {})).not.toEqual([500, expect.anything()]);
  });

  it('says how a filter for refused callers is called', async () => {
    const ask = await start(filter);
    expect(await ask('/patients')).toEqual([401, { login: 'https://id.novah.example/login' }]);
    expect(await ask('/patients', {})).toEqual([200, []]);
    expect(await ask('/nothing', {})).toEqual([404, expect.anything()]);
    issuer.outage('refuse');
    expect(await ask('/patients', { iss: 'https://other.example' })).toEqual([
      401,
      { login: 'https://id.novah.example/login' },
    ]);
  });
});
