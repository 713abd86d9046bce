import { afterEach, describe, expect, it } from '@jest/globals';
import { DemoIssuer } from './demo-issuer.js';

describe('DemoIssuer', () => {
  let issuer: DemoIssuer | undefined;
  const { NODE_ENV } = process.env;
  afterEach(async () => {
    process.env['NODE_ENV'] = NODE_ENV;
    await issuer?.onApplicationShutdown();
    issuer = undefined;
  });

  it('does not run in production', async () => {
    process.env['NODE_ENV'] = 'production';
    await expect(DemoIssuer.start()).rejects.toThrow('so it does not run in production');
  });

  it('publishes its metadata and its key, and nothing else', async () => {
    issuer = await DemoIssuer.start();
    const ask = async (path: string) => {
      const answer = await fetch(`${issuer?.issuer}${path}`);
      const document: unknown = await answer.json();
      return { status: answer.status, document };
    };
    expect(await ask('/.well-known/openid-configuration')).toEqual({
      status: 200,
      document: { issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/jwks` },
    });
    expect(await ask('/jwks')).toEqual({
      status: 200,
      document: { keys: [expect.not.objectContaining({ d: expect.anything() })] },
    });
    expect(await ask('/tokens')).toEqual({ status: 404, document: { error: 'not_found' } });
  });
});
