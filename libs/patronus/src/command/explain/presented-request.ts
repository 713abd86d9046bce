import type { GuardedRequest, RequestMessage } from '../../transport/guarded-request.js';
import { CommandError } from '../command.error.js';
import type { Call } from './call.js';
import type { PathParams } from './path-pattern.js';

/** Request that was not sent, in the form that the guards read. */
export type PresentedRequest = GuardedRequest & RequestMessage;

/** Header: its name in lower case, and its value. */
export type Header = readonly [name: string, value: string];

/**
 * Parses a header.
 *
 * @param text - as it was written: `x-empresa-id: norte`
 * @throws {CommandError} if it is not a header, or it holds the credential
 */
export function readHeader(text: string): Header {
  const [, name = '', value = ''] =
    /^([!#$%&'*+.^_`|~\w-]+):\s*([\t\x20-\x7e\x80-\xff]*)$/.exec(text) ?? [];
  if (name === '') {
    throw new CommandError('A --header is not valid.', "Write --header 'x-empresa-id: norte'.");
  }
  if (name.toLowerCase() !== 'authorization') return [name.toLowerCase(), value];
  throw new CommandError(
    'The header authorization is set from the token.',
    'Give the token as the first argument, or - and pipe it in.',
  );
}

/** Groups headers by name, and joins repeated ones as Node does. */
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
