import { Argon2Scheme } from './argon2.scheme.js';
import { BcryptScheme } from './bcrypt.scheme.js';
import { DjangoPbkdf2Scheme } from './django-pbkdf2.scheme.js';
import { DjangoScryptScheme } from './django-scrypt.scheme.js';
import type { LegacyScheme } from './legacy-scheme.js';

/** Every scheme that is verified, and upgraded at the next login. */
export const LEGACY_SCHEMES: readonly LegacyScheme[] = [
  new Argon2Scheme(),
  new BcryptScheme(),
  new DjangoPbkdf2Scheme(),
  new DjangoScryptScheme(),
];
