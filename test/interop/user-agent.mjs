function keep(cookies, cookie) {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
  if (value === '') cookies.delete(name);
  else cookies.set(name, value);
}

/**
 * Acts as a browser in a sign-in: keeps cookies, and follows redirects until one leaves.
 *
 * @returns the first redirect that starts with `until`
 */
export async function followRedirects(url, until) {
  const cookies = new Map();
  let next = new URL(url);
  for (let steps = 0; steps < 20; steps += 1) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(next, { headers: { cookie }, redirect: 'manual' });
    for (const one of answer.headers.getSetCookie()) keep(cookies, one);
    const location = answer.headers.get('location');
    if (location === null) {
      throw new Error(`${next} answers ${answer.status}: ${await answer.text()}`);
    }
    next = new URL(location, next);
    if (next.href.startsWith(until)) return next;
  }
  throw new Error(`no end of redirects at ${next}`);
}
