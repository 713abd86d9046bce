import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Identity } from './identity.js';

const FIELDS = { id: 'ana', issuer: 'https://issuer', provider: 'test', expiresAt: 1 };

describe('Identity', () => {
  it('cannot be changed, at any depth, nor through what it was made of', () => {
    const roles = ['doctor'];
    const claims = { nested: { list: ['a'] } };
    const identity = new Identity({ ...FIELDS, roles, claims });
    roles.push('admin');
    expect(identity.roles).toEqual(['doctor']);
    expect(() => Object.assign(identity, { id: 'eve' })).toThrow(TypeError);
    expect(() => Object.assign(identity.roles, ['admin'])).toThrow(TypeError);
    expect(() => claims.nested.list.push('b')).toThrow(TypeError);
  });

  it('leaves alone what of its claims is not JSON', () => {
    class Entity {
      name = 'Ana';
      readonly picture = Buffer.from('picture');
    }
    const entity = new Entity();
    const claims = { entity, bytes: new Uint8Array(2), at: new Date(0), list: ['a'] };
    const identity = new Identity({ ...FIELDS, claims });
    entity.name = 'Ana B.';
    claims.bytes[0] = 1;
    expect(identity.claims).toEqual(claims);
    expect(() => claims.list.push('b')).toThrow(TypeError);
    expect(new Identity({ ...FIELDS, claims: JSON.parse('{ "a": {} }') }).claims).toEqual({
      a: {},
    });
  });

  it('has the same lists for every provider, empty where nothing was said', () => {
    const { roles, permissions, platformRoles, platformPermissions, scopes, claims } = new Identity(
      FIELDS,
    );
    expect([roles, permissions, platformRoles, platformPermissions, scopes]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ]);
    expect(claims).toEqual({});
  });

  it('drops what is no text from its lists, and warns once a minute', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const roles: readonly string[] = JSON.parse('["doctor", null, 7, {"name":"admin"}, ["admin"]]');
    const issuer = 'https://of-this-test';
    for (let times = 0; times < 3; times += 1) {
      expect(new Identity({ ...FIELDS, issuer, roles }).roles).toEqual(['doctor']);
    }
    expect(warn.mock.calls).toEqual([
      [
        'test: roles of https://of-this-test holds entries that are not texts (null, number, object): ' +
          'they are dropped. Map them to names, with mapClaims or toIdentity.',
      ],
    ]);
    expect(new Identity({ ...FIELDS, issuer, roles: JSON.parse('null') }).roles).toEqual([]);
    warn.mockRestore();
  });

  it('refuses a text where a list belongs, which would spread into characters', () => {
    const roles: readonly string[] = JSON.parse('"*a"');
    expect(() => new Identity({ ...FIELDS, roles })).toThrow(TypeError);
  });
});
