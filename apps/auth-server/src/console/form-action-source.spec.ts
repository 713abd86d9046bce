import { expect, it } from '@jest/globals';
import { formActionSource } from './pages.js';
import { pageHeaders } from './pages.js';

it.each([
  ['https://app.example/callback?a=b', 'https://app.example'],
  ['https://App.Example:443/', 'https://app.example'],
  ['https://bücher.example/cb', 'https://xn--bcher-kva.example'],
  ['http://127.0.0.1:51004/cb', 'http://127.0.0.1:51004'],
  ['http://[::1]:51004/cb', 'http:'],
  ['com.example.app:/callback', 'com.example.app:'],
  ['com.example.app://callback/x', 'com.example.app:'],
  ['https://app_1.example/cb', 'https:'],
])('for %s allows %s', (redirectUri, source) => {
  expect(formActionSource(redirectUri)).toBe(source);
  expect(() => pageHeaders({ formAction: [source] })).not.toThrow();
});

it('knows no source of what is no address', () => {
  expect(() => formActionSource('callback')).toThrow('Invalid URL');
});
