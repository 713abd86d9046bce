import { describe, expect, it } from '@jest/globals';
import { readSelection } from './purge-selection.js';

const read = (selection: unknown) =>
  Reflect.apply(readSelection, undefined, ['Cache.purge', selection, ['user', 'tenant']]);

describe('the selection of a purge', () => {
  it('is the given members, or none for all', () => {
    expect(read({ user: 'ana', tenant: undefined })).toEqual({ user: 'ana' });
    expect(read('all')).toEqual({});
  });

  it.each<[unknown, string]>([
    [
      {},
      "Cache.purge: is given a selection that names nothing. Give at least one of user, tenant, or 'all'",
    ],
    [{ user: undefined }, 'Cache.purge: is given a selection that names nothing.'],
    [undefined, 'Cache.purge: is given something that is no object.'],
    [{ user: 'ana', usr: 'ana' }, 'Cache.purge.usr: is not an option. Did you mean "user"?'],
    [{ session: 's' }, 'Cache.purge.session: is not an option. The options here are user, tenant.'],
    [{ user: 7 }, 'Cache.purge.user: is not an id. Give it as text'],
    [{ user: '', tenant: 'norte' }, 'Cache.purge.user: is not an id.'],
  ])('is refused if it is %j', (selection, message) => {
    expect(() => read(selection)).toThrow(message);
  });
});
