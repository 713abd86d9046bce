import * as client from 'openid-client';
import type { Page, UserAgent } from './user-agent.js';
import { CALLBACK, PASSWORD } from './oauth-bed.js';

/** Authorization request in flight, with the client's secrets. */
export interface Asked {
  readonly page: Page;
  readonly checks: client.AuthorizationCodeGrantChecks;
}

/** Sends a browser to the platform, as `openid-client` would. */
export async function ask(
  config: client.Configuration,
  browser: UserAgent,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid email',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state,
    ...parameters,
  });
  const checks = { pkceCodeVerifier, expectedState: state, idTokenExpected: true };
  return { page: await browser.open(url), checks };
}

/** Signs in, and allows the request, until the browser is sent back to the client. */
export async function accept(browser: UserAgent, page: Page, email: string): Promise<Page> {
  let current = page;
  for (let step = 0; step < 4 && current.url.origin === page.url.origin; step += 1) {
    const [form] = current.forms;
    if (form === undefined) return current;
    current = await browser.submit(
      current,
      'identifier' in form.fields
        ? { identifier: email, password: PASSWORD }
        : { decision: 'allow' },
    );
  }
  return current;
}

/** Runs the whole flow, from the client's button to its tokens. */
export async function tokensFor(
  config: client.Configuration,
  browser: UserAgent,
  email: string,
  parameters: Readonly<Record<string, string>> = {},
) {
  const { page, checks } = await ask(config, browser, parameters);
  const back = await accept(browser, page, email);
  const { resource } = parameters;
  return client.authorizationCodeGrant(config, back.url, checks, {
    ...(resource !== undefined && { resource }),
  });
}
