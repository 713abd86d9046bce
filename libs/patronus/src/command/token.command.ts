import { isJsonObject, member, type JsonObject } from '../identity/json-object.js';
import { requireSecureUrl } from '../identity/secure-url.js';
import { parseJson } from '../remote/fetch-json.js';
import { type RemoteAnswer, remoteRequest } from '../remote/remote-request.js';
import { type AddCommand, examples } from './add-command.js';
import { claimOption } from './claim-option.js';
import { CommandError } from './command.error.js';
import { DEV_ISSUER } from './dev-idp/dev-defaults.js';
import { DEFAULT_LIFETIME, MAX_LIFETIME } from './dev-idp/dev-issuer.js';
import { EXIT } from './exit-code.js';
import type { Output } from './output.js';
import { quoted } from './quoted.js';
import { wholeNumber } from './whole-number-option.js';

interface TokenOptions {
  readonly issuer: string;
  readonly user: string;
  readonly claim: JsonObject;
  readonly expiresIn: number;
}

async function ask(url: string, body: object): Promise<RemoteAnswer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  try {
    return await remoteRequest(url, { method: 'POST', headers, body: JSON.stringify(body) });
  } catch (error) {
    throw new CommandError(
      error instanceof Error ? `${error.message}.` : `Cannot reach ${url}.`,
      'Start it with npx patronus dev-idp, or name it with --issuer.',
      EXIT.wrong,
    );
  }
}

/**
 * Checks the token, because nothing else may reach a terminal, or the command that it is pasted
 * into.
 */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.-]+$/.test(value);
}

async function run(options: TokenOptions, output: Output): Promise<void> {
  const issuer = requireSecureUrl('--issuer', options.issuer).replace(/\/$/, '');
  const url = `${issuer}/token`;
  const { user, claim: claims, expiresIn } = options;
  const { status, text } = await ask(url, { user, claims, expires_in: expiresIn });
  const answer = parseJson(url, text);
  const body = isJsonObject(answer) ? answer : {};
  const token = member(body, 'access_token');
  if (status === 200 && isToken(token)) return output.answer(body, token);
  const said = member(body, 'error_description') ?? `status ${status}`;
  throw new CommandError(
    `${url} gives no token: ${quoted(said)}.`,
    'Check that it is npx patronus dev-idp, and that it has this user.',
  );
}

export const addTokenCommand: AddCommand = (program, output) => {
  program
    .command('token')
    .description('print a token of a running dev-idp, and nothing else')
    .option('--issuer <url>', 'where dev-idp runs', DEV_ISSUER)
    .requiredOption('--user <name>', 'whose token')
    .option('--claim <name=value>', 'a claim of this token; may repeat', claimOption, {})
    .option(
      '--expires-in <seconds>',
      'its lifetime; below 0 for an expired one',
      wholeNumber(-MAX_LIFETIME, MAX_LIFETIME),
      DEFAULT_LIFETIME,
    )
    .addHelpText(
      'after',
      examples(
        'curl -H "Authorization: Bearer $(npx patronus token --user ana)" localhost:3000',
        `npx patronus token --user ana --claim roles='["doctor"]' --expires-in 60`,
      ),
    )
    .action((options: TokenOptions) => run(options, output));
};
