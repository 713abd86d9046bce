import { once } from 'node:events';
import { requireText } from '../errors/require-option.js';
import { isJsonObject, type JsonObject } from '../identity/json-object.js';
import { type AddCommand, examples } from './add-command.js';
import { claimOption } from './claim-option.js';
import { CommandError } from './command.error.js';
import { DEV_AUDIENCE, DEV_PORT } from './dev-idp/dev-defaults.js';
import { DevIssuer } from './dev-idp/dev-issuer.js';
import { freshKey, keptKey } from './dev-idp/dev-key.js';
import { DevServer, isLoopbackHost } from './dev-idp/dev-server.js';
import { DEFAULT_USERS, type DevUser, readUsers } from './dev-idp/dev-users.js';
import type { Output } from './output.js';
import { wholeNumber } from './whole-number-option.js';

interface DevIdpOptions {
  readonly port: number;
  readonly host: string;
  readonly audience: string;
  readonly users?: string;
  readonly claim: JsonObject;
  readonly keys?: string;
}

function usersOf({ users, claim }: DevIdpOptions): readonly DevUser[] {
  const known = users === undefined ? DEFAULT_USERS : readUsers(users);
  return known.map(({ name, claims }) => ({ name, claims: { ...claims, ...claim } }));
}

async function listen(server: DevServer, { port, host }: DevIdpOptions): Promise<number> {
  try {
    return await server.listen(port);
  } catch (error) {
    const reason = isJsonObject(error) ? String(error['code']) : 'unknown';
    throw new CommandError(
      `Cannot listen on ${host}:${port} (${reason}).`,
      'Choose another --port or --host.',
    );
  }
}

/**
 * Returns the URL at which guards reach the issuer. An issuer without https is trusted on the
 * loopback interface only.
 */
function urlOf(host: string, port: number): string {
  if (!isLoopbackHost(host)) return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? '[::1]' : host}:${port}`;
}

function announce({ url, audience, users }: DevIssuer, output: Output): void {
  const names = users.map(({ name }) => name);
  output.answer(
    { issuer: url, audience, users: names },
    [
      `Development issuer on ${output.style('bold', url)}, for ${names.join(', ')}.`,
      '',
      `  oidc({ issuer: '${url}', audience: '${audience}' })`,
      '',
      'Open it in a browser for a token. It ends with Ctrl+C.',
    ].join('\n'),
  );
}

async function run(options: DevIdpOptions, output: Output): Promise<void> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new CommandError(
      'dev-idp lets any caller be any user, so it does not start with NODE_ENV=production.',
      'Use a real identity provider there.',
    );
  }
  const audience = requireText('--audience', options.audience, 'Give the audience of your API.');
  const users = usersOf(options);
  const key = await (options.keys === undefined ? freshKey() : keptKey(options.keys));
  const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const server = new DevServer(options.host);
  const issuer = new DevIssuer(
    urlOf(options.host, await listen(server, options)),
    audience,
    users,
    key,
  );
  server.serve(issuer);
  if (!isLoopbackHost(options.host)) {
    output.note(`WARNING: on ${options.host}, anyone who can reach it can be any of these users.`);
  }
  announce(issuer, output);
  await ended;
  await server.close();
}

export const addDevIdpCommand: AddCommand = (program, output) => {
  program
    .command('dev-idp')
    .description('run an OpenID Connect issuer for development, offline, until Ctrl+C')
    .option('--port <port>', 'the port; 0 for a free one', wholeNumber(0, 65_535), DEV_PORT)
    .option('--host <host>', 'the address to listen on', '127.0.0.1')
    .option('--audience <audience>', 'the aud of its tokens', DEV_AUDIENCE)
    .option('--users <file>', 'a JSON file of users: [{ "name": "ana", "claims": {} }]')
    .option('--claim <name=value>', 'a claim for all users; may repeat', claimOption, {})
    .option('--keys <file>', 'keep the key there between restarts (made with mode 600)')
    .addHelpText(
      'after',
      examples(
        'npx patronus dev-idp',
        'npx patronus dev-idp --users users.json --claim empresa_id=clinic-a',
        'npx patronus dev-idp --port 4011 --audience patients-api --keys .dev-key.json',
      ),
    )
    .action((options: DevIdpOptions) => run(options, output));
};
