import { describe, expect, it } from '@jest/globals';
import { devMailPage } from './dev-mail.pages.js';
import { sampleContext } from '../../../../../test/auth-server/support/sample-pages.js';

const shown = (text: string) =>
  /class="mail-text">([^]*?)<\/div>/.exec(
    devMailPage(sampleContext(), {
      to: 'ana@example.com',
      subject: 'Hello',
      at: new Date(0),
      text,
      listUrl: '/dev/mail',
    }).toString(),
  )?.[1];

describe('the page of a mail', () => {
  it.each([
    ['see https://id.example/a?b=1&c=2.', 'https://id.example/a?b=1&amp;c=2', '.'],
    ['see http://localhost:4000/x\n', 'http://localhost:4000/x', '\n'],
    ['see https://id.example/"onclick="', 'https://id.example/', '&quot;onclick=&quot;'],
  ])('makes a link of the address in %j', (text, href, rest) => {
    expect(shown(text)).toBe(`see <a href="${href}">${href}</a>${rest}`);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'nothttps:/x', '<b>'])(
    'makes no link of %j',
    (text) => {
      expect(shown(text)).not.toContain('<a');
    },
  );
});
