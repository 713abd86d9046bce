import { verify } from '@node-rs/argon2';
import { readArgon2 } from '../argon2-hash.js';
import type { LegacyScheme } from './legacy-scheme.js';

/** argon2 of any variant and cost: as a PHC string, or with the prefix of Django (`argon2$argon2id$…`). */
export class Argon2Scheme implements LegacyScheme {
  recognises(stored: string): boolean {
    return readArgon2(withoutPrefix(stored)) !== undefined;
  }

  verify(password: string, stored: string): Promise<boolean> {
    return verify(withoutPrefix(stored), password);
  }
}

function withoutPrefix(stored: string): string {
  return stored.startsWith('argon2$') ? stored.slice('argon2'.length) : stored;
}
