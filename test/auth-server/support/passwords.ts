import { PasswordSettings } from '../../../apps/auth-server/src/credentials/password/argon2.js';

/** The cheapest hashes that argon2 knows. */
export const CHEAP_HASHING = new PasswordSettings({ memoryCost: 8, timeCost: 1, parallelism: 1 });

/** Accepted by the policy without a second factor. */
export const ACCEPTED_PASSWORDS = [
  'violet kettle mountain 7',
  'correct horse battery staple',
  'kqzvtmwpxjrbnfg',
  '936102847561039',
  'les élèves mangent des prunes',
  'морковь читает вслух газету',
  '紫の薬缶が山の上で静かに歌っています',
  '🦉 counts 🍒 behind the 🚲 shed',
  'tabs\tand\u0000NULs are characters too',
] as const;

/** Accepted by the policy only with a second factor. */
export const ACCEPTED_WITH_SECOND_FACTOR = ['kqzvtmwp', 'x7#Vq9!d', 'owl kettle'] as const;
