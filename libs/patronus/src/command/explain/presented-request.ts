import type { GuardedRequest, RequestMessage } from '../../transport/guarded-request.js';
import { CommandError } from '../command.error.js';
import type { Call } from './call.js';
import type { PathParams } from './path-pattern.js';

/** A request that nobody sent, as the guards read it. */
export type PresentedRequest = GuardedRequest & RequestMessage;

/** One header: its name in lower case, and its value. */
export type Header = readonly [name: string, value: string];

/**
 * @param text - as it was written: `x-empresa-id: norte`
 * @throws {CommandError} where it is none, or is the credential
 */
export function readHeader(text: string): Header {
  const [, name = '', value = ''] =
    /^([!#$%&'*+.^_`|~\w-]+):\s*([\t\x20-\x7e\x80-\xff]*)$/.exec(text) ?? [];
  if (name === '') {
    throw new CommandError('A --header is none.', "Write --header 'x-empresa-id: norte'.");
  }
  if (name.toLowerCase() !== 'authorization') return [name.toLowerCase(), value];
  throw new CommandError(
    'The header authorization is made of the token.',
    'Give the token as the first argument, or - and pipe it in.',
  );
}

/** Headers by name, as Node joins those that came twice. */
export function byName(headers: readonly Header[]): Readonly<Record<string, string>> {
  const known = new Map<string, string>();
  for (const [name, value] of headers) {
    const before = known.get(name);
    known.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(known);
}

export function presentRequest(
  { method, url }: Call,
  params: PathParams,
  headers: readonly Header[],
): PresentedRequest {
  const [, search = ''] = url.split('?');
  return {
    headers: byName(headers),
    rawHeaders: headers.flat(),
    method,
    url,
    params,
    query: Object.fromEntries(new URLSearchParams(search)),
    body: undefined,
  };
}
