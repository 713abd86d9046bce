import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestIssuer } from '@patronus/nestjs/testing';
import { plainEnvironment } from '../environment/plain-environment.js';
import { MarkdownPage, ROOT } from './markdown-page.js';
import { Program } from './start/program.js';

const WORKSHOP = join(ROOT, 'test/docs/dist');
const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule, { abortOnError: false, logger: false });
await app.listen(0, '127.0.0.1');
console.log(\`at \${await app.getUrl()} it listens\`);
`;

/** What a caller sees of an answer. */
async function seen(response: Response): Promise<readonly unknown[]> {
  const body: unknown = await response.json();
  return [response.status, body];
}

describe('docs/migrating/from-passport-jwt.md', () => {
  const [before, after, both] = new MarkdownPage('docs/migrating/from-passport-jwt.md').snippets(
    'ts',
  );
  let issuer: TestIssuer;
  let folder: string;
  let program: Program | undefined;

  beforeEach(async () => {
    issuer = await TestIssuer.start();
    await mkdir(WORKSHOP, { recursive: true });
    folder = await mkdtemp(join(WORKSHOP, 'migrating-'));
  });

  afterEach(async () => {
    await program?.stop();
    await issuer.stop();
    await rm(folder, { recursive: true });
  });

  /** Starts a snippet of the page, and answers how to ask it. */
  async function start(snippet: { readonly code: string } | undefined) {
    await writeFile(join(folder, 'app.module.ts'), snippet?.code ?? '');
    await writeFile(join(folder, 'main.ts'), MAIN);
    program = Program.start(['main.ts'], folder, { ...plainEnvironment(), ISSUER: issuer.url });
    await program.says('it listens');
    const url = /at (\S+) it listens/.exec(program.log)?.[1] ?? '';
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

  it('says how both guard one application', async () => {
    const ask = await start(both);
    expect(await ask('/old', {})).toEqual([200, []]);
    expect(await ask('/old')).toEqual(UNAUTHORIZED);
    expect(await ask('/new', DOCTOR)).toEqual([200, []]);
    expect(await ask('/new', {})).toEqual(refusal(403, 'permission_denied'));
    expect(await ask('/new')).toEqual(refusal(401, 'token_missing'));
  });
});
