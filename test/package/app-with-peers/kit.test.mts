import { patronusMatchers } from '@patronus/nestjs/testing';
import { expect, it } from 'vitest';

// Their types come with `entries.ts`.
expect.extend(patronusMatchers);

it('tells what is allowed from what is denied', () => {
  expect({ status: 200, headers: {}, body: {} }).toBeAllowed();
  expect({ status: 401, headers: {}, body: { code: 'token_missing' } }).toBeDeniedWith(
    'token_missing',
  );
  expect(() => expect({ status: 500, headers: {}, body: {} }).toBeAllowed()).toThrow('status 500');
});
