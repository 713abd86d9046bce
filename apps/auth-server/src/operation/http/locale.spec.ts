import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { readUiLocales } from './locale.js';
import { currentLocale, rememberRequest } from './request-facts.js';

describe('readUiLocales', () => {
  it.each([
    ['es', 'es'],
    ['es-MX', 'es'],
    ['ES', 'es'],
    ['fr-CA es en', 'es'],
    ['en es', 'en'],
  ])('reads %j as %s', (value, locale) => expect(readUiLocales(value)).toBe(locale));

  it.each(['', 'fr', 'español', 'es"><script>', ['es'], undefined, 1])(
    'knows no language of %j',
    (value) => expect(readUiLocales(value)).toBeUndefined(),
  );
});

describe('the language of a request', () => {
  const app = express();
  app.use(rememberRequest);
  app.post('/', express.json(), async (_request, response) => {
    await new Promise((resolve) => setImmediate(resolve));
    response.json(currentLocale());
  });
  const localeOf = async (path: string, accept?: string) => {
    const sent = request(app).post(path).send({ body: 'is read first' });
    const { body } = await (accept === undefined ? sent : sent.set('accept-language', accept));
    return body;
  };

  it.each([
    [undefined, 'en'],
    ['*', 'en'],
    ['fr', 'en'],
    ['es', 'es'],
    ['es-AR,es;q=0.9', 'es'],
    ['en-US,en;q=0.9,es;q=0.8', 'en'],
    ['fr;q=0.9,es;q=0.5', 'es'],
  ])('is that of Accept-Language: %s', async (accept, locale) => {
    expect(await localeOf('/', accept)).toEqual({ locale });
  });

  it('is that of ui_locales first', async () => {
    const both = { locale: 'es', uiLocales: 'es' };
    expect(await localeOf('/?ui_locales=es-ES', 'en')).toEqual(both);
    expect(await localeOf('/?ui_locales=fr', 'es')).toEqual({ locale: 'es' });
    expect(await localeOf('/?ui_locales=es&ui_locales=en', 'en')).toEqual({ locale: 'en' });
  });

  it('is English outside of requests', () => {
    expect(currentLocale().locale).toBe('en');
  });
});
