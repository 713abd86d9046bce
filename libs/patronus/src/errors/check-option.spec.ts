import { describe, expect, it } from '@jest/globals';
import { checkMembers, remedyFor } from './check-option.js';
import { requireText, requireTexts } from './require-option.js';

const UNDEFINED =
  'The value is undefined: if it comes from the environment, load the .env file first, for instance with `node --env-file=.env` or ConfigModule.';

describe('an option that is undefined', () => {
  it.each<[string, () => unknown, string]>([
    [
      'text',
      () => requireText('oidc.issuer', undefined, 'Give a URL.'),
      'oidc.issuer: is missing. Give a URL.',
    ],
    [
      'a list',
      () => requireTexts('gcip.tenants', undefined, 'Give ids.'),
      'gcip.tenants: is not a list of at least one text. Give ids.',
    ],
    [
      'one of a list',
      () => requireTexts('gcip.tenants', ['norte', undefined], 'Give ids.'),
      'gcip.tenants: is not a list of at least one text. Give ids.',
    ],
    [
      'all options',
      () => Reflect.apply(checkMembers, undefined, ['oidc', undefined, ['issuer']]),
      'oidc: is given something that is no object. Give { … } with the options issuer.',
    ],
  ])('is told from a wrong one: %s', (_what, check, sentence) => {
    expect(check).toThrow(new Error(`${sentence} ${UNDEFINED}`));
  });

  it.each<[string, () => unknown]>([
    ['text', () => requireText('oidc.issuer', '', 'Give it.')],
    ['one of a list', () => requireTexts('oidc.issuer', ['a', ''], 'Give it.')],
  ])('has the same hint if it is empty: %s', (_what, check) => {
    expect(check).toThrow(`Give it. ${UNDEFINED.replace('undefined', 'empty')}`);
  });

  it('is found in the holes of a list', () => {
    const check = () => requireTexts('oidc.audience', Array(1), 'Give it.');
    expect(check).toThrow(
      `oidc.audience: is not a list of at least one text. Give it. ${UNDEFINED}`,
    );
  });

  it('is nothing of a value that is wrong otherwise', () => {
    expect(() => requireText('oidc.issuer', ' x', 'Give a URL.')).toThrow(
      new Error('oidc.issuer: is missing, or is not text without blanks around it. Give a URL.'),
    );
    expect(remedyFor(['a', null], 'Give ids.')).toBe('Give ids.');
  });
});

describe('checkMembers', () => {
  it.each([
    ['oidc', { isuer: 1 }, 'oidc.isuer: is not an option. Did you mean "issuer"?'],
    ['', { isuer: 1 }, 'isuer: is not an option. Did you mean "issuer"?'],
    ['oidc', { x: 1 }, 'oidc.x: is not an option. The options here are issuer, audience.'],
    ['', null, 'options: is given something that is no object.'],
  ])('%j refuses %j', (path, options, sentence) => {
    const check = () =>
      Reflect.apply(checkMembers, undefined, [path, options, ['issuer', 'audience']]);
    expect(check).toThrow(sentence);
  });

  it('finds getters and inherited members, and no methods', () => {
    class Options {
      get isuer() {
        return 1;
      }
      describe() {
        return 'options';
      }
    }
    class Inherited extends Options {}
    const sentence = 'oidc.isuer: is not an option. Did you mean "issuer"?';
    expect(() => checkMembers('oidc', new Options(), ['issuer'])).toThrow(sentence);
    expect(() => checkMembers('oidc', new Inherited(), ['issuer'])).toThrow(sentence);
    expect(() => checkMembers('oidc', new Inherited(), ['isuer'])).not.toThrow();
    expect(() => checkMembers('oidc', Object.create({ isuer: 1 }), ['issuer'])).toThrow(sentence);
  });
});
