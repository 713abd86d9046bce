import type { JsonObject } from '../identity/json-object.js';
import { parseToken } from '../identity/parse-token.js';
import { readInsecureHosts } from '../remote/network.options.js';
import { type AddCommand, examples } from './add-command.js';
import { CommandError } from './command.error.js';
import { checkDuplicates, checkNode } from './doctor/check-installation.js';
import { checkIssuer } from './doctor/check-issuer.js';
import { checkKeys } from './doctor/check-keys.js';
import { checkToken } from './doctor/check-token.js';
import type { Finding } from './doctor/finding.js';
import { report } from './doctor/report.js';
import { EXIT } from './exit-code.js';
import type { Output } from './output.js';
import { pipedToken, presentedToken } from './presented-token.js';

interface DoctorOptions {
  readonly issuer: string;
  readonly audience?: string;
  readonly jwks?: string;
  readonly insecureHost?: readonly string[];
  readonly token?: string;
  readonly tokenStdin?: boolean;
  readonly tenantClaim?: string;
  readonly showClaims?: boolean;
}

async function tokenOf({ token, tokenStdin }: DoctorOptions): Promise<string | undefined> {
  if (tokenStdin !== true) return token === undefined ? undefined : presentedToken(token).token;
  if (token !== undefined) throw new CommandError('There are two tokens.', 'Give one of them.');
  return presentedToken(await pipedToken()).token;
}

async function examine(options: DoctorOptions, token?: string): Promise<readonly Finding[]> {
  const { issuer, audience, jwks, tenantClaim, insecureHost } = options;
  const known = { issuer, insecureHosts: readInsecureHosts('--insecure-host', insecureHost) };
  const found = [checkNode(), ...checkDuplicates(process.cwd())];
  const { findings, jwksUri } = await checkIssuer(known, jwks);
  const { findings: ofKeys, keys } =
    jwksUri === undefined
      ? { findings: [], keys: undefined }
      : await checkKeys(jwksUri, jwks !== undefined);
  const expected = { ...known, audience, jwksUri: jwks, keys, tenantClaim };
  const ofToken = token === undefined ? [] : await checkToken(token, expected);
  return [...found, ...findings, ...ofKeys, ...ofToken];
}

function claimsOf(token: string | undefined): JsonObject | undefined {
  try {
    return token === undefined ? undefined : parseToken(token).payload;
  } catch {
    return undefined;
  }
}

async function run(options: DoctorOptions, output: Output): Promise<void> {
  const token = await tokenOf(options);
  const findings = await examine(options, token);
  const claims = options.showClaims === true ? claimsOf(token) : undefined;
  const isWell = findings.every(({ severity }) => severity !== 'error');
  output.exitCode = isWell ? EXIT.fine : EXIT.wrong;
  output.answer(
    { ok: isWell, findings, ...(claims !== undefined && { claims }) },
    report(findings, output, claims),
  );
}

export const addDoctorCommand: AddCommand = (program, output) => {
  program
    .command('doctor')
    .description('say why tokens of an issuer are refused, and what to do about it')
    .requiredOption('--issuer <url>', 'the issuer, as the provider is configured')
    .option('--audience <audience>', 'the audience of your API')
    .option('--jwks <url>', 'the URL of the keys, if the provider has the option jwksUri')
    .option('--insecure-host <names...>', 'hosts that the option insecureHosts names')
    .option('--token <token>', 'a token to look at; other users of this machine may see it')
    .option('--token-stdin', 'read the token from stdin')
    .option('--tenant-claim <name>', 'the claim that has to name a tenant')
    .option('--show-claims', 'print the claims of the token')
    .addHelpText(
      'after',
      examples(
        'npx patronus doctor --issuer https://id.example.com',
        'cat token.txt | npx patronus doctor --issuer https://id.example.com --audience patients-api --token-stdin',
      ),
    )
    .action((options: DoctorOptions) => run(options, output));
};
