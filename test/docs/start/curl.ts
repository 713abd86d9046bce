/**
 * Request as `curl` sends it. Only the options that the page uses are supported; any other is an
 * error.
 */
export interface CurlRequest {
  readonly url: string;
  readonly init: RequestInit;
}

/** Reads a `curl` command, with the variables of its shell. */
export function readCurl(command: string, variables: NodeJS.ProcessEnv): CurlRequest {
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) =>
    (quoted ?? plain ?? '').replaceAll(/\$(\w+)/g, (_, name: string) => valueOf(name, variables)),
  );
  const [, ...args] = words;
  const headers = new Headers();
  let url: string | undefined;
  let body: string | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '-i') continue;
    if (word === '-H' || word === '-d') {
      at += 1;
      const value = args[at] ?? '';
      if (word === '-d') body = value;
      else headers.append(...headerOf(value));
    } else if (word.startsWith('-') || url !== undefined) throw new Error(`not known: ${word}`);
    else url = `http://${word}`;
  }
  if (url === undefined) throw new Error(`no address: ${command}`);
  if (body === undefined) return { url, init: { headers } };
  headers.set('content-type', 'application/x-www-form-urlencoded');
  return { url, init: { method: 'POST', headers, body } };
}

function valueOf(name: string, variables: NodeJS.ProcessEnv): string {
  const value = variables[name];
  if (value === undefined) throw new Error(`$${name} is not set`);
  return value;
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(': ');
  if (colon < 0) throw new Error(`no header: ${line}`);
  return [line.slice(0, colon), line.slice(colon + 2)];
}
