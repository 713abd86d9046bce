import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAddress, PASSWORD } from '../support/people.js';
import { OAuthBed } from '../support/oauth-bed.js';
import { ask } from '../support/oauth-flow.js';
import type { Page } from '../support/user-agent.js';

/** One transparent pixel. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const SPANISH = { 'accept-language': 'es-MX,es;q=0.9,en;q=0.5' };

describe('the language and the brand of the platform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-brand-'));
  const logo = join(folder, 'logo.png');
  let bed: OAuthBed;

  beforeAll(async () => {
    writeFileSync(logo, Buffer.from(PNG, 'base64'));
    bed = await OAuthBed.start({
      environment: { BRAND_NAME: 'Norte & Co', BRAND_LOGO_FILE: logo, BRAND_COLOR: '#1d4ed8' },
    });
  }, 60_000);

  afterAll(async () => {
    await bed.close();
    rmSync(folder, { recursive: true });
  });

  const pageAt = async (path: string, headers = {}) =>
    (await fetch(bed.url + path, { headers: { accept: 'text/html', ...headers } })).text();

  const register = (path: string, email: string, headers = {}) =>
    fetch(bed.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ email, password: PASSWORD }),
    });

  const linkIn = (page: Page, path: string) =>
    new RegExp(`href="(${path}[^"]*)"`).exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';

  it.each([
    ['/register', {}, 'en', 'Create an account'],
    ['/register', SPANISH, 'es', 'Crear una cuenta'],
    ['/register?ui_locales=es', {}, 'es', 'Crear una cuenta'],
    ['/register?ui_locales=en', SPANISH, 'en', 'Create an account'],
    ['/oauth/device', SPANISH, 'es', 'Conectar un dispositivo'],
    ['/oauth/logout/success', SPANISH, 'es', 'Has cerrado sesión'],
    ['/oauth/authorize?ui_locales=es', {}, 'es', 'No se ha podido completar'],
  ])('of %s with %j is %s', async (path, headers, language, text) => {
    const page = await pageAt(path, headers);
    expect(page).toContain(`<html lang="${language}">`);
    expect(page).toContain(text);
  });

  it('is that of an authorization request on every page that follows', async () => {
    const browser = bed.browser();
    const { page } = await ask(await bed.relyingParty('web'), browser, { ui_locales: 'fr es' });
    expect(page.text).toContain('<html lang="es">');
    const wrong = await browser.submit(page, { identifier: 'nobody', password: 'wrong' });
    expect(wrong.text).toContain('<html lang="es">');
    expect(wrong.text).toContain('El nombre o la contraseña no son correctos');
    const registration = await browser.open(linkIn(wrong, '/register'));
    expect(registration.text).toContain('<html lang="es">');
    const email = newAddress();
    const sent = await browser.submit(registration, { email, password: PASSWORD });
    expect(sent.text).toContain('Revisa tu correo');
    const [mail] = await bed.platform.inbox(email);
    expect(mail).toMatchObject({ subject: 'Confirma tu correo electrónico' });
  });

  it('of a weak password is explained in it', async () => {
    const body = new URLSearchParams({ email: newAddress(), password: 'password2024' });
    const headers = { ...SPANISH, 'sec-fetch-site': 'same-origin' };
    const answer = await fetch(`${bed.url}/register`, { method: 'POST', headers, body });
    const text = await answer.text();
    expect(text).toContain('Esta contraseña es demasiado corta.');
    expect(text).toContain('Seguridad: baja');
    expect(text).not.toMatch(/Avoid|Use at least/);
  });

  it('of a mail is that of the request, and English by default', async () => {
    const [spanish, english] = [newAddress(), newAddress()];
    await register('/api/v1/auth/register', spanish, SPANISH);
    await register('/api/v1/auth/register', english);
    const [inSpanish] = await bed.platform.inbox(spanish);
    const [inEnglish] = await bed.platform.inbox(english);
    expect(inSpanish?.subject).toBe('Confirma tu correo electrónico');
    expect(inSpanish?.html).toContain('<html lang="es">');
    expect(inEnglish?.subject).toBe('Confirm your email address');
    expect(inEnglish?.text).toContain("If you didn't request this, you can ignore this email.");
    expect(inEnglish?.text).toMatch(/^http:\/\/localhost:\d+\/verify-email\?token=pot_[\w-]+$/m);
  });

  it('stands on pages and in mails', async () => {
    const page = await pageAt('/');
    expect(page).toContain('<title>Your account · Norte &amp; Co</title>');
    expect(page).toContain('<img src="/assets/logo" alt="" height="32">');
    const email = newAddress();
    await register('/api/v1/auth/register', email);
    const [mail] = await bed.platform.inbox(email);
    expect(mail?.text).toContain('finish creating your Norte & Co account');
    expect(mail?.html).toContain(`<img src="${bed.url}/assets/logo" alt="Norte &amp; Co"`);
    expect(mail?.html).toContain('background: #1d4ed8; color: #ffffff');
  });

  it('is served with the pages', async () => {
    const styles = await fetch(`${bed.url}/assets/brand.css`);
    expect(styles.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(await styles.text()).toMatch(/--accent: #1d4ed8;[^]*dark[^]*--accent: #[\da-f]{6};/);
    const picture = await fetch(`${bed.url}/assets/logo`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(picture.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(Buffer.from(await picture.arrayBuffer()).toString('base64')).toBe(PNG);
  });

  it('is announced to clients', async () => {
    const discovery = await fetch(`${bed.url}/.well-known/openid-configuration`);
    await expect(discovery.json()).resolves.toMatchObject({ ui_locales_supported: ['en', 'es'] });
  });
});
