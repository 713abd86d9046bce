import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { ContractCheck } from './contract-check.js';
import { mutationsOf } from './token-mutations.js';
import type { Trial } from './trial.js';

const KIBIBYTE = 1024;

/** Malformed tokens of attackers, by name. */
const GARBAGE: Readonly<Record<string, readonly string[]>> = {
  'an empty token': [''],
  'a blank token': [' ', '\t'],
  'a token of 16 KiB': ['x'.repeat(16 * KIBIBYTE), `a.${'b'.repeat(16 * KIBIBYTE - 4)}.c`],
  'a token of 1 MiB': ['x'.repeat(KIBIBYTE * KIBIBYTE)],
  'a token with control characters': ['\0', 'a\0b', 'a\r\nx-injected: 1', '\u007f', '\u001b[31m'],
  'a token beyond ASCII': ['ação', 'токен', '😀', '\ud800', '\ufeff', 'Ａ.Ｂ.Ｃ'],
  'a token that names a member of every object': ['__proto__', 'constructor', 'hasOwnProperty'],
  'a token that spells a literal': ['null', 'undefined', 'true', '0', '{}', '[]'],
  'a token that is half a JWT': ['.', '..', '...', 'a.b', 'a.b.c', 'e30.e30.', 'e30.e30.e30'],
  'a token that looks like a path or a query': ['../..', '%00', '*', "' OR '1'='1", 'a&b=c'],
};

async function refuseToken(trial: Trial, token: string, what: string): Promise<void> {
  const { scheme } = await trial.credential('good');
  await trial.refuse({ scheme, token }, what);
}

function refusesBad(name: 'expired' | 'forged' | 'foreign', what: string): ContractCheck {
  return {
    name: `refuses ${what}`,
    needs: [name],
    async run(trial) {
      await trial.refuse(await trial.credential(name), what);
      // Once a valid one is cached, it must not affect an invalid one.
      await trial.admit(await trial.credential('good'));
      await trial.refuse(await trial.credential(name), what);
    },
  };
}

function refusesGarbage(what: string, tokens: readonly string[]): ContractCheck {
  return {
    name: `refuses ${what}`,
    async run(trial) {
      for (const token of tokens) await refuseToken(trial, token, what);
    },
  };
}

/** Checks on a provider with credentials that are not valid. */
export const refusalChecks: readonly ContractCheck[] = [
  refusesBad('expired', 'a credential that has ended'),
  refusesBad('forged', 'a credential that was not issued'),
  refusesBad('foreign', 'a credential that is good elsewhere'),
  ...Object.entries(GARBAGE).map(([what, tokens]) => refusesGarbage(what, tokens)),
  {
    name: 'refuses the further tokens that the harness lists as garbage',
    async run(trial) {
      const { garbage = [] } = trial.subject;
      for (const [index, token] of garbage.entries()) {
        await refuseToken(trial, token, `garbage[${index}]`);
      }
    },
  },
  {
    name: 'refuses a good token with something before or after it',
    async run(trial) {
      const { token } = await trial.credential('good');
      for (const [before, after] of [
        ['', ' '],
        [' ', ''],
        ['', '\n'],
        ['', '\0'],
        ['', '.'],
        ['', '='],
        ['', 'A'],
        ['A', ''],
        ['', `, ${token}`],
      ] as const) {
        const what = `a good token between ${JSON.stringify([before, after && after.slice(0, 2)])}`;
        await refuseToken(trial, `${before}${token}${after}`, what);
      }
    },
  },
  {
    name: 'refuses a good token with one character changed',
    async run(trial) {
      const good = await trial.credential('good');
      const identity = await trial.admit(good);
      for (const [token, at] of mutationsOf(good.token)) {
        const what = `a good token with another character at ${at}`;
        const outcome = await trial.ask({ ...good, token });
        if ('error' in outcome) await trial.refuse({ ...good, token }, what);
        else assert(!isDeepStrictEqual(outcome.value, identity), `${what} is accepted.`);
      }
    },
  },
];
