import { parseJson } from '../../remote/fetch-json.js';
import { remoteRequest } from '../../remote/remote-request.js';
import type { DatedAnswer } from './check-clock.js';
import { error, type Finding } from './finding.js';

/** A document of an issuer, or the finding that there is none. */
export type Fetched =
  (DatedAnswer & { readonly document: unknown }) | { readonly finding: Finding };

/** Fetches as the guard does. `subject` begins the codes: `discovery_unreachable`. */
export async function fetchDocument(subject: string, url: string): Promise<Fetched> {
  try {
    const { status, headers, text } = await remoteRequest(url, {
      headers: { accept: 'application/json' },
    });
    const at = Date.now();
    if (status === 200) return { document: parseJson(url, text), headers, at };
    const problem = `${url} answers with status ${status}.`;
    return { finding: error(`${subject}_status`, problem, 'Ask for 200: is the URL right?') };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : `Cannot fetch ${url}`;
    const unreadable = message.startsWith('Cannot read');
    return {
      finding: unreadable
        ? error(`${subject}_not_json`, `${message}.`, 'Does a proxy or a login page answer?')
        : error(`${subject}_unreachable`, `${message}.`, 'Check the URL, DNS, proxy and firewall.'),
    };
  }
}
