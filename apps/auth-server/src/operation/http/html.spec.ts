import { describe, expect, it } from '@jest/globals';
import { html, type HtmlValue } from './html.js';

describe('html', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    [`" onfocus="x' y='`, '&quot; onfocus=&quot;x&#39; y=&#39;'],
    ['&lt;', '&amp;lt;'],
    ['`x`', '&#96;x&#96;'],
    ['a\u2028b\u2029c', 'a\u2028b\u2029c'],
    ['a\0b\0', 'a\uFFFDb\uFFFD'],
    ['$& $1 ${x}', '$&amp; $1 ${x}'],
  ])('escapes %j', (hostile, escaped) => {
    expect(html`<p title="${hostile}">${hostile}</p>`.toString()).toBe(
      `<p title="${escaped}">${escaped}</p>`,
    );
  });

  it('leaves markup alone, however deep it lies, and escapes the texts beside it', () => {
    const item = (text: string) => html`<li>${text}</li>`;
    expect(html`${['<a>', [item('<'), '<c>']]}`.toString()).toBe('&lt;a&gt;<li>&lt;</li>&lt;c&gt;');
  });

  it.each<[HtmlValue, string]>([
    [undefined, ''],
    [null, ''],
    [false, ''],
    ['', ''],
    [0, '0'],
  ])('writes %p as %j', (value, written) => {
    expect(html`${value}`.toString()).toBe(written);
  });

  it('takes nothing for markup but what it made', () => {
    const lookalike = { markup: '<b>', toString: () => '<b>' } as unknown as string;
    expect(() => html`${lookalike}`.toString()).toThrow(TypeError);
  });
});
