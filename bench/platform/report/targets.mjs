import { ratio } from '../../shared/format.mjs';

/** The least share of what argon2 alone allows that logins must reach. */
const LEAST_LOGINS = 0.85;
/** In milliseconds. */
const LONGEST_P95 = 100;

/** Each target of the platform, with what was measured. */
export function judge({ logins, manyUsers }) {
  return [
    ...logins.filter(isPlatform).map(({ name, share }) => ({
      text: `logins, ${name}: at least ${ratio(LEAST_LOGINS)} of argon2 alone`,
      measured: ratio(share),
      met: share >= LEAST_LOGINS,
    })),
    ...manyUsers
      .filter(({ mix }) => mix === 'hash-free')
      .map(({ name, users, rate, all }) => ({
        text: `hash-free, ${name}, ${users} users, ${rate} acts per second: p95 under ${LONGEST_P95} ms`,
        measured: `${all.p95.toFixed(1)} ms`,
        met: all.p95 < LONGEST_P95,
      })),
  ];
}

function isPlatform({ name }) {
  return name.startsWith('Patronus');
}
