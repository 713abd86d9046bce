import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { EMAIL, NAME, PASSWORD, TOKEN } from './identifiers.js';
import { PlatformError } from '../operation/http/errors.js';
import { invalidInput } from '../operation/http/error.filter.js';

const BODY = z.strictObject({
  email: EMAIL,
  password: PASSWORD,
  token: TOKEN,
  name: NAME.optional(),
  limit: z.int().min(1).max(200).optional(),
  events: z.array(z.string()).optional(),
  role: z.enum(['ONE', 'TWO']).optional(),
});

const GOOD = { email: 'ana@example.com', password: 'a', token: 'b' };

function sentencesOf(body: unknown): unknown {
  const { error } = BODY.safeParse(body);
  const problem = invalidInput(error?.issues ?? []);
  expect(problem).toBeInstanceOf(PlatformError);
  return problem.getResponse();
}

describe('an input that is refused says to a person', () => {
  it.each([
    [{ ...GOOD, email: 'ana' }, 'email', 'Enter an email address like ana@example.com.'],
    [{ ...GOOD, email: undefined }, 'email', 'This value is missing.'],
    [{ ...GOOD, email: 7 }, 'email', 'Send a text.'],
    [{ ...GOOD, password: '' }, 'password', 'Enter a password.'],
    [{ ...GOOD, token: '' }, 'token', 'This value is too short.'],
    [{ ...GOOD, token: 'x'.repeat(201) }, 'token', 'This value is too long.'],
    [{ ...GOOD, limit: 1.5 }, 'limit', 'Send a whole number.'],
    [{ ...GOOD, limit: 0 }, 'limit', 'Send a number of at least 1.'],
    [{ ...GOOD, limit: 201 }, 'limit', 'Send a number of at most 200.'],
    [{ ...GOOD, events: 'all' }, 'events', 'Send a list.'],
    [{ ...GOOD, role: 'THREE' }, 'role', 'Send one of these: ONE, TWO.'],
    [undefined, '', 'Send a JSON object.'],
  ])('about %j: %s: %s', (body, path, message) => {
    expect(sentencesOf(body)).toMatchObject({ details: { issues: [{ path, message }] } });
  });
});
