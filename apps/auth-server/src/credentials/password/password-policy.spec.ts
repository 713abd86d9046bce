import { beforeAll, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { PasswordPolicy } from './password-policy.js';
import { PasswordStrength } from './password-strength.js';
import type { PasswordContext } from './password-verdict.js';
import {
  ACCEPTED_PASSWORDS,
  ACCEPTED_WITH_SECOND_FACTOR,
} from '../../../../../test/auth-server/support/passwords.js';

const ALICE: PasswordContext = {
  email: 'alice.smith@wonderland.example',
  username: 'whiterabbit',
  name: 'Álice Smith',
};

describe('PasswordPolicy', () => {
  let policy: PasswordPolicy;
  const codes = (password: string, context: PasswordContext = ALICE) =>
    policy.check(password, context).reasons.map(({ code }) => code);

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      providers: [PasswordStrength, PasswordPolicy],
    }).compile();
    policy = module.get(PasswordPolicy);
  });

  it.each(ACCEPTED_PASSWORDS)('takes %j', (password) => {
    expect(policy.check(password, ALICE)).toMatchObject({
      acceptable: true,
      reasons: [],
      suggestions: [],
    });
  });

  it.each(ACCEPTED_WITH_SECOND_FACTOR)('takes %j beside a second factor only', (password) => {
    expect(codes(password, { ...ALICE, secondFactor: true })).toEqual([]);
    expect(codes(password)).toContain('too_short');
  });

  it.each([
    ['kqzvtmwpxjrbnf', 'kqzvtmwpxjrbnfg', false],
    ['kqzvtmw', 'kqzvtmwp', true],
    // Code points count, neither UTF-16 units …
    ['🦉🍒🚲🌵🎲🧵🪁🪀🎻🥨🧲🪐🌋🧊', '🦉🍒🚲🌵🎲🧵🪁🪀🎻🥨🧲🪐🌋🧊🛶', false],
    // … nor what the normal form merges.
    ['kqzvtmwpxjrbné'.normalize('NFD'), 'kqzvtmwpxjrbnéf'.normalize('NFD'), false],
  ])('refuses %j as too short, and takes %j', (short, long, secondFactor) => {
    expect(codes(short, { secondFactor })).toEqual(['too_short']);
    expect(codes(long, { secondFactor })).toEqual([]);
  });

  it('accepts 1,024 characters and refuses 1,025', () => {
    const points = Array.from('🦉🍒kqzvtmwpxjrbnfgh'.repeat(57)).slice(0, 1024).join('');

    expect(codes(points)).toEqual([]);
    expect(codes(`${points}#`)).toEqual(['too_long']);
  });

  it.each([
    ['common', 'passwordpassword1', 'repeated'],
    ['in the list of breaches', 'mailcreated5240', 'common'],
    ['in the list, in capitals', 'MAILCREATED5240', 'common'],
    ['in the list, backwards', '0425detaercliam', 'common'],
    ['a common one with look-alikes', 'P@$$w0rd12345678', 'common'],
    ['common ones in a row', 'monkeydragon12345', 'common'],
    ['a common one with a tail', 'Password12345678!', 'common'],
    ['the service', 'PatronusPassword1!', 'personal'],
    ['the service twice', 'patronus-patronus', 'personal'],
    ['the address', 'alice.smith@wonderland.example', 'personal'],
    ['the address in capitals with a tail', 'ALICE.SMITH@WONDERLAND.EXAMPLE1', 'personal'],
    ['the local part', 'alice.smith.1990', 'personal'],
    ['the domain', 'wonderland.example', 'personal'],
    ['the user name', 'WhiteRabbit-2024', 'personal'],
    ['the user name backwards', 'tibbaretihw12345', 'personal'],
    ['the name', 'Álice Smith 12345', 'personal'],
    ['the name without its accents', 'Alice Smith 12345', 'personal'],
    ['the name, decomposed', 'Álice Smith 12345'.normalize('NFD'), 'personal'],
    ['one character', 'aaaaaaaaaaaaaaaaaaaa', 'repeated'],
    ['spaces', ' '.repeat(20), 'repeated'],
    ['a short part', 'abcabcabcabcabcabc', 'repeated'],
    ['letters in order', 'abcdefghijklmnop', 'sequential'],
    ['digits in order', '3456789012345678', 'sequential'],
    ['one character, very long', 'a'.repeat(1000), 'repeated'],
  ])('refuses %s: %j is %s', (_, password, code) => {
    const verdict = policy.check(password, ALICE);

    expect(verdict.acceptable).toBe(false);
    expect(verdict.reasons.map((reason) => reason.code)).toEqual([code]);
    expect(verdict.suggestions.length).toBeGreaterThan(0);
  });

  it.each(['patronus', 'whiterabbit', 'smith'])(
    'takes a sentence with %s in it: the whole password is compared, not its parts',
    (word) => {
      expect(codes(`the ${word} eats violet kettles`)).toEqual([]);
    },
  );

  it('knows a name that came in another normal form', () => {
    const password = 'Владимирский Ёж';

    expect(codes(password, { name: password.normalize('NFD') })).toEqual(['personal']);
    expect(codes(password, { name: 'Another Name' })).toEqual([]);
  });

  it('accepts words of a word list at every position in it', () => {
    expect(codes('abacusabdomenabdominal')).toEqual([]);
  });

  it.each([
    ['name', { name: 'Zbigniew Wojciechowski' }],
    ['user name', { username: 'zbigniew_wojciechowski' }],
    ['address', { email: 'zbigniew.wojciechowski+shop@mail.example' }],
  ])('refuses the parts of the %s in another order', (_, context) => {
    expect(codes('WojciechowskiZbigniew', context)).toEqual(['personal']);
    expect(codes('WojciechowskiZbigniew')).toEqual([]);
  });

  it('accepts a password that it refuses only for its owner', () => {
    const password = 'zbigniew.wojciechowski';

    expect(codes(password, { email: 'someone@else.example' })).toEqual([]);
    expect(codes(password, { email: `${password}@mail.example` })).toEqual(['personal']);
  });

  it.each([
    ['a weak beginning', `${'a'.repeat(60)} violet kettle mountain`],
    ['a weak end', `violet kettle mountain ${'a'.repeat(60)}`],
  ])('takes a long password with %s', (_, password) => {
    expect(codes(password)).toEqual([]);
  });

  it.each([
    ['a lone surrogate', 'violet kettle mountain \uD83E'],
    ['an unassigned character', 'violet kettle mountain \u{50000}'],
  ])('refuses %s: its normal form is not settled', (_, password) => {
    expect(codes(password)).toEqual(['not_text']);
  });

  it('explains itself', () => {
    expect(policy.check('qwertyuiopasdfgh')).toEqual({
      acceptable: false,
      score: 1,
      reasons: [{ code: 'common', message: 'This is a common password, or close to one.' }],
      warning: 'This is close to a common password.',
      suggestions: ['Add more words that are less common.'],
      suggestionCodes: ['anotherWord'],
      crackTime: 'less than a second',
    });
    expect(policy.check('violet kettle mountain 7')).toMatchObject({
      score: 4,
      crackTime: 'centuries',
    });
  });

  it('never contains the password', () => {
    for (const password of ['whiterabbit', 'mailcreated5240', 'alice.smith@wonderland.example']) {
      expect(JSON.stringify(policy.check(password, ALICE))).not.toContain(password);
    }
  });

  it.each(['constructor', '__proto__', 'tostring', 'hasownproperty'])(
    'is not confused by %s, which every object has',
    (word) => {
      expect(codes(`${word} eats violet kettles`, { username: word })).toEqual([]);
    },
  );

  it('knows an account by nothing but null', () => {
    expect(codes('violet kettle mountain', { email: null, username: null, name: null })).toEqual(
      [],
    );
  });
});
