import { describe, expect, it } from '@jest/globals';
import { REVEAL_SCRIPT } from './reveal-password.js';
import { samplePages } from '../../../../../test/auth-server/support/sample-pages.js';

const HOSTILE = `"'><img src=x onerror=alert(1)>&amp;\`</title><!--\0`;

const plain = samplePages((text) => text);
const hostile = samplePages((text) => text + HOSTILE);

/** Returns the tags with the names of their attributes, which no value of a model may change. */
function skeleton(page: string): string[] {
  return [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));
}

describe.each(Object.keys(plain))('the page %s', (name) => {
  const page = String(plain[name]);
  const attacked = String(hostile[name]);

  it('has the same tags and attributes for every model', () => {
    expect(skeleton(attacked)).toEqual(skeleton(page));
    expect(attacked).not.toMatch(/<img src=x|\0|<!--/);
  });

  it('is a whole document', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toMatch(/<title>[^<]+ · Patronus<\/title>/);
    expect(page).toContain('name="viewport" content="width=device-width, initial-scale=1"');
    expect(page.match(/<main[ >]/g)).toHaveLength(1);
    expect(page.match(/<h1>/g)).toHaveLength(1);
  });

  it('needs nothing but its own style sheet and icon, and the script whose hash the policy has', () => {
    const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text]) => text);
    expect(scripts).toHaveLength(page.match(/type="password"/g)?.length ?? 0);
    for (const script of scripts) expect(script).toBe(REVEAL_SCRIPT);
    const rest = skeleton(page.replaceAll(/<script>.*?<\/script>/gs, '')).join('');
    expect(rest).not.toMatch(/<(?:script|style|iframe|base)|\s(?:on\w+|style)[=\s>]/);
    const focused = rest.match(/<[^>]*\sautofocus[^>]*>/g) ?? [];
    expect(focused).toEqual(
      name.endsWith('-refused') ? [expect.stringContaining('role="" tabindex="" autofocus')] : [],
    );
    expect(
      new Set([...page.matchAll(/(?:src|<link[^>]*href)="([^"]*)"/g)].map(([, at]) => at)),
    ).toEqual(new Set(['/assets/icon.svg', '/assets/platform.css', '/assets/brand.css']));
  });

  it('posts its forms', () => {
    for (const [tag] of page.matchAll(/<form[^>]*>/g)) {
      expect(tag).toBe('<form method="post" action="/submitted">');
    }
  });

  it('marks the title of a page with an error, and no other', () => {
    const failed = name.startsWith('error') || name.endsWith('-refused');
    expect(page.includes('<title>Error: ')).toBe(failed);
    expect(page.includes('role="alert"')).toBe(name.endsWith('-refused'));
    expect(page.includes('aria-invalid="true"')).toBe(name.endsWith('-refused'));
  });
});

it('offers a next step on each page but two, whose sentence names one elsewhere', () => {
  const ends = Object.entries(plain).filter(([, page]) => !/<form|<a /.test(String(page)));
  expect(ends.map(([name]) => name)).toEqual(['device-done', 'verified-without-password']);
});

it('shows every field of every model', () => {
  let last = 0;
  const numbered = Object.values(samplePages((text) => `${text}#${++last}.`)).join('');
  const missing = Array.from({ length: last }, (_, at) => at + 1).filter(
    (number) => !numbered.includes(`#${number}.`),
  );
  expect(last).toBeGreaterThan(30);
  expect(missing).toEqual([]);
});
