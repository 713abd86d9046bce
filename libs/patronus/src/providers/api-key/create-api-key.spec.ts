import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createApiKey, type NewApiKey } from './index.js';

describe('createApiKey', () => {
  it('gives a key to show, and a record to store that it cannot be made from', () => {
    const { key, record } = createApiKey({
      prefix: 'novah',
      subject: 'lab-import',
      tenantId: 'clinic-1',
      roles: ['importer'],
    });
    const [prefix, id, rest = ''] = key.split('_');
    const secret = rest.slice(0, 43);
    expect(prefix).toBe('novah');
    expect(record).toEqual({
      id,
      hash: createHash('sha256').update(secret).digest('base64url'),
      subject: 'lab-import',
      tenantId: 'clinic-1',
      roles: ['importer'],
      createdAt: expect.any(Number),
    });
    const stored = JSON.stringify(record);
    for (let index = 0; index + 8 <= secret.length; index += 1) {
      expect(stored).not.toContain(secret.slice(index, index + 8));
    }
  });

  it.each<[string, object]>([
    ['createApiKey.subject', { subject: '' }],
    ['createApiKey.subject', { subject: undefined }],
    ['createApiKey.prefix', { prefix: 'a-b' }],
    ['createApiKey.expiresAt', { expiresAt: 1 }],
    ['createApiKey.expiresAt', { expiresAt: Date.now() + 3_600_000 }],
    ['createApiKey.expiresAt', { expiresAt: new Date(Date.now() + 3_600_000) }],
    ['createApiKey.tenantID', { tenantID: 'x' }],
    ['createApiKey.hash', { hash: 'x' }],
  ])('names the mistake in %s: %j', (path, mistake) => {
    const options: NewApiKey = Object.assign({ subject: 'lab' }, mistake);
    expect(() => createApiKey(options)).toThrow(expect.objectContaining({ path }));
  });

  it.each([null, undefined, Math.floor(Date.now() / 1000) + 60])(
    'takes the end %p',
    (expiresAt) => {
      expect(createApiKey({ subject: 'lab', expiresAt }).record.expiresAt).toBe(expiresAt);
    },
  );
});
