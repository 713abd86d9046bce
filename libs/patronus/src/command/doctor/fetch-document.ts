import { parseJson, requestJson } from '../../remote/fetch-json.js';
import type { RemoteAnswer } from '../../remote/remote-request.js';
import type { DatedAnswer } from './check-clock.js';
import { error, type Finding } from './finding.js';

/** Document of an issuer, or the finding that it cannot be read. */
export type Fetched =
  | (DatedAnswer & { readonly document: unknown; readonly url: string })
  | { readonly finding: Finding };

/**
 * Fetches a document as the guard does. `subject` is the prefix of the codes:
 * `discovery_unreachable`.
 */
export function fetchDocument(subject: string, url: string): Promise<Fetched> {
  return readDocument(subject, url, async () => ({ ...(await requestJson(url)), url }));
}

/**
 * Like {@link fetchDocument}, if `ask` also returns the URL that answered in the end. `url` is the
 * first.
 */
export async function readDocument(
  subject: string,
  url: string,
  ask: () => Promise<RemoteAnswer & { readonly url: string }>,
): Promise<Fetched> {
  try {
    const { status, headers, text, url: answering } = await ask();
    const at = Date.now();
    if (status === 200) {
      return { document: parseJson(answering, text), headers, at, url: answering };
    }
    const problem = `${answering} answers with status ${status}.`;
    return { finding: error(`${subject}_status`, problem, 'Expected 200: check the URL.') };
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
