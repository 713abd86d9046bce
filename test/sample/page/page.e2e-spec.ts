import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chromiumPath } from '../../environment/services.js';
import { ADAPTERS } from '../support/clinic-under-test.js';
import { PageUnderTest } from './page-under-test.js';

/** Statuses for no user, receptionist, doctor, tenant-admin, doctor-sur, auditor, no-tenant. */
const MATRIX = [
  ['GET /health', '200 200 200 200 200 200 200'],
  ['GET /greeting', '200 200 200 200 200 200 200'],
  ['GET /me', '401 200 200 200 200 200 200'],
  ['GET /patients', '401 200 200 200 200 403 403'],
  ['GET /patients/ana-ruiz', '401 200 200 200 404 403 403'],
  ['POST /patients', '401 403 201 201 201 403 403'],
  ['GET /appointments', '401 200 200 200 200 403 403'],
  ['POST /appointments/norte-1/cancel', '401 200 200 200 404 403 403'],
  ['GET /staff', '401 403 403 200 403 403 403'],
  ['DELETE /staff/ines-mora', '401 403 403 200 403 403 403'],
  ['GET /audit', '401 403 403 403 403 200 403'],
];

const describeInBrowser = chromiumPath() === undefined ? describe.skip : describe;

describeInBrowser.each(ADAPTERS)('the page on %s', (adapter) => {
  let view: PageUnderTest;

  beforeAll(async () => {
    view = await PageUnderTest.open(adapter);
  }, 60_000);

  beforeEach(() => view.load());

  afterEach(() => {
    expect(view.complaints).toEqual([]);
  });

  afterAll(() => view.close());

  it('lets the receptionist read the patients', async () => {
    await view.choose('Rosa Marín');
    await view.press('GET /patients');
    expect(await view.text('status')).toBe('200');
    expect(await view.text('details')).toContain('Ana Ruiz');
  });

  it('shows no account without a token', async () => {
    await view.choose('Nobody');
    await view.press('GET /patients');
    expect(await view.text('status')).toBe('401');
    expect(await view.text('code')).toBe('token_missing');
    expect(await view.text('challenge')).toBe('Bearer realm="patronus"');
  });

  it('says why the receptionist may not add a patient', async () => {
    await view.choose('Rosa Marín');
    await view.press('POST /patients');
    expect(await view.text('status')).toBe('403');
    expect(await view.text('code')).toBe('permission_denied');
    expect(await view.text('sentence')).toBe('You do not have the permission that this needs.');
  });

  it.each([
    ['expired', 'token_expired'],
    ['altered', 'token_invalid'],
  ])('sends a token that is %s', async (condition, code) => {
    await view.choose(condition);
    await view.press('GET /me');
    expect(await view.text('status')).toBe('401');
    expect(await view.text('code')).toBe(code);
  });

  it('sends the header of the other clinic', async () => {
    await view.choose(/^sur$/);
    await view.press('GET /patients');
    expect(await view.text('status')).toBe('403');
    expect(await view.text('code')).toBe('tenant_mismatch');
  });

  it('shows the same request as a curl line', async () => {
    await view.choose('Diego Salas');
    await view.press('POST /patients');
    const curl = await view.page.locator('.curl').textContent();
    expect(curl).toMatch(/^curl -i -X POST -H 'Authorization: Bearer [\w-]+\.[\w-]+\.[\w-]+' /);
    expect(curl).toContain(`-d '{"name":"Lucía Campos","born":"1996-04-12"}' ${view.clinic.url}/`);
  });

  it('fills the matrix with one press, and shows the answer behind a cell', async () => {
    expect(await view.tryEverything()).toEqual(MATRIX);
    const cell = 'auditor, GET /patients: 403 tenant_required';
    await view.page.getByRole('button', { name: cell }).click();
    expect(await view.text('code')).toBe('tenant_required');
    expect(await view.page.getByRole('radio', { name: 'Alma Ferrer' }).isChecked()).toBe(true);
  });

  it('can be used with the keyboard alone', async () => {
    await view.page.locator('#user-receptionist').focus();
    await view.page.keyboard.press('ArrowDown');
    await view.page.locator('button[data-route="GET /me"]').focus();
    await view.page.keyboard.press('Enter');
    await view.page.locator('#status').waitFor();
    expect(await view.text('details')).toContain('"Diego Salas"');
  });

  it('needs no sideways scroll, from a phone to a desk', async () => {
    await view.press('POST /appointments/norte-1/cancel');
    await view.tryEverything();
    for (const width of [320, 375, 768, 1280]) {
      await view.page.setViewportSize({ width, height: 780 });
      expect(await view.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
  });

  it('is bound by a strict content security policy', async () => {
    const { headers } = await fetch(view.clinic.url);
    expect(headers.get('Content-Security-Policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });
});
