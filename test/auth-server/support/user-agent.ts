/** A form of a page. */
export interface PageForm {
  readonly action: string;
  /** Hidden fields and prefilled values. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A page in a browser. */
export interface Page {
  readonly status: number;
  readonly url: URL;
  readonly headers: Headers;
  readonly text: string;
  readonly forms: readonly PageForm[];
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** A browser without scripts: it keeps cookies, follows redirects, and fills in forms. */
export class UserAgent {
  readonly #cookies = new Map<string, Cookie>();

  /** @param home origin within which it follows redirects */
  constructor(
    readonly home: string,
    readonly name = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ) {}

  /** Opens the page at a URL, after all redirects. If one leads away, the result is its URL. */
  open(address: string | URL): Promise<Page> {
    return this.#go(new URL(address, this.home), { method: 'GET' });
  }

  /** Fills in a form of a page and sends it. */
  submit(page: Page, fields: Readonly<Record<string, string>> = {}, which = 0): Promise<Page> {
    const form = page.forms[which];
    if (form === undefined) throw new Error(`there is no form at ${page.url}: ${page.text}`);
    return this.#go(new URL(form.action, page.url), {
      method: 'POST',
      body: new URLSearchParams({ ...form.fields, ...fields }),
      headers: { origin: page.url.origin, 'sec-fetch-site': 'same-origin' },
    });
  }

  /** Returns the names and values of the cookies that go to a path. */
  cookiesFor(path: string): string {
    return [...this.#cookies]
      .map(([key, cookie]) => ({ name: key.slice(key.indexOf(' ') + 1), ...cookie }))
      .filter((cookie) => path === cookie.path || path.startsWith(asFolder(cookie.path)))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** Loses a cookie, on all paths. */
  forget(name: string): void {
    for (const key of this.#cookies.keys()) if (key.endsWith(` ${name}`)) this.#cookies.delete(key);
  }

  async #go(url: URL, init: RequestInit, hops = 0): Promise<Page> {
    if (hops > 20) throw new Error(`redirected without end, at last to ${url}`);
    const headers = new Headers(init.headers);
    headers.set('user-agent', this.name);
    headers.set('accept', 'text/html');
    const cookies = this.cookiesFor(url.pathname);
    if (cookies !== '') headers.set('cookie', cookies);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(line, url);
    const location = response.headers.get('location');
    const text = await response.text();
    if (location === null) return this.#page(response, url, text);
    const next = new URL(location, url);
    if (next.origin !== new URL(this.home).origin) return this.#page(response, next, text);
    return this.#go(next, { method: 'GET' }, hops + 1);
  }

  #keep(line: string, { pathname }: URL): void {
    const [pair = '', ...attributes] = line.split('; ');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? pathname;
    const key = `${path} ${name}`;
    const isGone = attributes.some((one) => /^expires=Thu, 01 Jan 1970/i.test(one));
    if (isGone) this.#cookies.delete(key);
    else this.#cookies.set(key, { value, path });
  }

  #page({ status, headers }: Response, url: URL, text: string): Page {
    return { status, url, headers, text, forms: formsOf(text) };
  }
}

function asFolder(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

function formsOf(text: string): PageForm[] {
  return [...text.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, head = '', body = '']) => ({
    action: attribute(head, 'action') ?? '',
    fields: Object.fromEntries(
      [...body.matchAll(/<input\b([^>]*)>/gs)].flatMap(([, input = '']) => {
        const name = attribute(input, 'name');
        return name === undefined ? [] : [[name, attribute(input, 'value') ?? '']];
      }),
    ),
  }));
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  return found?.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}
