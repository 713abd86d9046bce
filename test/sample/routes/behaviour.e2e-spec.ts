import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { badToken } from './bad-tokens.js';
import { CLINICS, ClinicUnderTest, demoUser } from '../support/clinic-under-test.js';
import { BAD_TOKEN, GOOD_TOKEN, OTHER_TENANT } from './expected-answers.js';
import { DENIALS } from './expected-denials.js';

const USERS = GOOD_TOKEN.columns;
const ROUTES = [...GOOD_TOKEN.rows.keys()];
const NEW_PATIENT = JSON.stringify({ name: 'Lucía Campos', born: '1996-04-12' });

const everyRouteAsEveryUser = USERS.flatMap((user) =>
  ROUTES.map((route) => [user, route] as const),
);

describe.each(CLINICS)('the clinic on %s with %s', (adapter, database) => {
  let clinic: ClinicUnderTest;

  beforeAll(async () => {
    clinic = await ClinicUnderTest.start(adapter, database);
  });

  afterAll(() => clinic.close());

  async function expectAnswer(
    route: string,
    expected: string,
    headers: Record<string, string>,
  ): Promise<void> {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(clinic.url + path, {
      method,
      ...(method === 'POST'
        ? { headers: { ...headers, 'Content-Type': 'application/json' }, body: NEW_PATIENT }
        : { headers }),
    });
    const text = await response.text();
    const challenge = response.headers.get('WWW-Authenticate');
    const denial = DENIALS[expected];
    if (denial) {
      expect({ status: response.status, challenge, body: JSON.parse(text) }).toEqual({
        status: denial.status,
        challenge: denial.challenge,
        body: { statusCode: denial.status, code: expected, message: denial.sentence },
      });
    } else {
      const status = expected === 'not_found' ? 404 : Number(expected);
      expect({ status: response.status, challenge }).toEqual({ status, challenge: null });
    }
  }

  describe('with a good token', () => {
    it.each(everyRouteAsEveryUser)('%s: %s', async (user, route) => {
      const token = await clinic.issuer.mint(demoUser(user));
      await expectAnswer(route, GOOD_TOKEN.cell(route, user), { Authorization: `Bearer ${token}` });
    });
  });

  describe('with a good token and the header of another clinic', () => {
    it.each(everyRouteAsEveryUser)('%s: %s', async (name, route) => {
      const user = demoUser(name);
      const token = await clinic.issuer.mint(user);
      await expectAnswer(route, OTHER_TENANT.cell(route, 'every user'), {
        Authorization: `Bearer ${token}`,
        'x-empresa-id': user.tenant === 'clinica-norte' ? 'clinica-sur' : 'clinica-norte',
      });
    });
  });

  describe('without a token', () => {
    it.each(ROUTES)('%s', async (route) => {
      await expectAnswer(route, BAD_TOKEN.cell(route, 'none'), {});
    });
  });

  describe.each(['expired', 'wrong key', 'wrong issuer', 'wrong audience'])(
    'with a token that has this flaw: %s',
    (flaw) => {
      it.each(everyRouteAsEveryUser)('%s: %s', async (user, route) => {
        const token = await badToken(flaw, clinic.issuer, demoUser(user));
        await expectAnswer(route, BAD_TOKEN.cell(route, flaw), {
          Authorization: `Bearer ${token}`,
        });
      });
    },
  );
});
