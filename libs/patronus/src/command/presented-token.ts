import { text as readText } from 'node:stream/consumers';
import { CommandError } from './command.error.js';

/** Schemes of `Authorization` that the guards read. */
export type TokenScheme = 'Bearer' | 'DPoP' | 'ApiKey';

/** Token from the command line, with its scheme if it was given with one. */
export interface PresentedToken {
  readonly token: string;
  readonly scheme?: TokenScheme;
}

const SCHEMES: Readonly<Record<string, TokenScheme>> = {
  bearer: 'Bearer',
  dpop: 'DPoP',
  apikey: 'ApiKey',
};

/** Reads a token, or the value of a header `Authorization` with the scheme in front of it. */
export function presentedToken(text: string): PresentedToken {
  const [, name = '', token = ''] =
    /^(?:authorization:\s*)?(bearer|dpop|apikey)\s+(\S+)$/i.exec(text.trim()) ?? [];
  const scheme = SCHEMES[name.toLowerCase()];
  return scheme === undefined ? { token: text } : { token, scheme };
}

/**
 * Reads the token from stdin. An empty pipe means that the command before it failed, and not a call
 * without a token.
 *
 * @throws {CommandError} if nothing came
 */
export async function pipedToken(): Promise<string> {
  const token = (await readText(process.stdin)).trim();
  if (token === '') throw new CommandError('No token came on stdin.', 'Pipe one into it.');
  return token;
}
