import type { PasswordContext } from './password-verdict.js';

const SERVICE = 'patronus';
const SHORTEST = 3;
const LONGEST = 64;
const MOST = 40;

/** The words that an attacker tries first for this account: of the service, the address and the names. */
export function personalWords({ email, username, name }: PasswordContext): string[] {
  const [local = '', domain = ''] = (email ?? '').split('@');
  const labels = domain.split('.').slice(0, -1);
  const whole = [SERVICE, email ?? '', local, domain, ...labels, username ?? '', name ?? ''];
  const parts = [local, username ?? '', name ?? ''].flatMap((text) =>
    text.split(/[^\p{L}\p{N}]+/u),
  );
  const words = [...whole, ...parts].flatMap((word) => [word.normalize('NFC'), withoutMarks(word)]);
  const usable = words.filter(({ length }) => length >= SHORTEST && length <= LONGEST);
  return [...new Set(usable)].slice(0, MOST);
}

/** As people type `josé` where they have no accents. */
function withoutMarks(word: string): string {
  return word.normalize('NFD').replaceAll(/\p{M}/gu, '');
}
