/** Browser without a screen. It keeps cookies for one host, as browsers do regardless of ports. */
export class SmallBrowser {
  readonly cookies = new Map<string, string>();

  /** The names of the cookies of the clinic. Those of the issuer come to the same host. */
  get clinicCookies(): string[] {
    return [...this.cookies.keys()].filter((name) => name.startsWith('clinic_'));
  }

  /** Sends one request, and follows no redirect. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (cookie !== '') headers.set('Cookie', cookie);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  /** Follows redirects until a URL that begins with `end`, which is not visited. */
  async follow(from: string, end: string): Promise<URL> {
    let at = from;
    for (let step = 0; step < 10; step += 1) {
      const response = await this.send(at);
      const location = response.headers.get('Location');
      if (location === null) throw new Error(`${at} answers ${response.status}, and leads nowhere`);
      at = new URL(location, at).href;
      if (at.startsWith(end)) return new URL(at);
    }
    throw new Error(`ten redirects from ${from}, and none to ${end}`);
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split(/; ?/);
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    const value = pair.slice(at + 1);
    const isGone =
      value === '' || attributes.some((one) => /^(max-age=0|expires=Thu, 01 Jan 1970)/i.test(one));
    if (isGone) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
