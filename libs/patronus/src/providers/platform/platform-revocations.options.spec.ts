import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { platformRevocations } from './index.js';
import { readOptions } from './platform-revocations.options.js';

const SECRET = 'hush';
const client = { clientId: 'clinic', clientSecret: SECRET };
const issuer = 'https://id.example.com';

describe('the options of revocations of the platform', () => {
  it('are complete with an issuer and a client', () => {
    expect(readOptions({ issuer, ...client })).toMatchObject({
      keepFor: 24 * 3600,
      max: 100_000,
      denies: true,
      known: { issuer, insecureHosts: [] },
      url: `${issuer}/api/v1/events`,
      audience: `${issuer}/api`,
    });
  });

  it('keep the path of an issuer', () => {
    const { known, url, audience } = readOptions({ issuer: `${issuer}/auth/`, ...client });
    expect(known.issuer).toBe(`${issuer}/auth/`);
    expect(url).toBe(`${issuer}/auth/api/v1/events`);
    expect(audience).toBe(`${issuer}/auth/api`);
  });

  it('may name hosts of plain http', () => {
    const settings = readOptions({ issuer: 'http://id', insecureHosts: ['id'], ...client });
    expect(settings.known).toMatchObject({ issuer: 'http://id', insecureHosts: ['id'] });
  });

  it('show their secret to no one who prints them', () => {
    const options = { issuer, ...client };
    expect(
      inspect([platformRevocations(options), readOptions(options)], { depth: 9 }),
    ).not.toContain(SECRET);
  });

  it.each<[object, string]>([
    [{ ...client }, 'revocations.issuer: is missing.'],
    [{ issuer: 'http://id.example.com', ...client }, 'revocations.issuer: is not an https URL.'],
    [{ issuer: `${issuer}?a=b`, ...client }, 'revocations.issuer: has a query.'],
    [{ issuer, clientSecret: SECRET }, 'revocations.clientId: is missing.'],
    [{ issuer, clientId: 'clinic' }, 'revocations.clientSecret: is missing.'],
    [{ issuer, ...client, clientSecret: ` ${SECRET}` }, 'revocations.clientSecret: is missing, or'],
    [{ issuer, ...client, audience: '' }, 'revocations.audience: is missing, or'],
    [{ issuer, ...client, whenUnreachable: 'open' }, "is neither 'deny' nor 'allow'."],
    [{ issuer, ...client, keepFor: 0 }, 'revocations.keepFor: is not a whole number over 0.'],
    [{ issuer, ...client, dispatcher: {} }, 'revocations.dispatcher: is not a dispatcher'],
    [{ issuer, ...client, clientID: 'a' }, 'Did you mean "clientId"?'],
  ])('are refused by name, and never repeated: %#', (options, message) => {
    const make = (): unknown => Reflect.apply(platformRevocations, undefined, [options]);
    expect(make).toThrow(PatronusConfigurationError);
    expect(make).toThrow(message);
    expect(make).not.toThrow(SECRET);
  });
});
