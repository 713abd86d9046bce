import { describe, expect, it } from '@jest/globals';
import { newPasswordField, type NewPasswordModel } from './new-password.js';
import { sampleContext } from '../../../../../test/auth-server/support/sample-pages.js';

const shown = (refusal?: NewPasswordModel['refusal']) =>
  newPasswordField(sampleContext(), 'Password', { minimumLength: 15, refusal }).toString();

const refused = (score: 0 | 1 | 4 = 1, ...suggestionCodes: ('anotherWord' | 'recentYears')[]) =>
  shown({ reasons: [{ code: 'common', message: 'Too common.' }], suggestionCodes, score });

describe('the field of a new password', () => {
  it('names the rule, and does not cut the input', () => {
    const field = shown();
    expect(field).toContain('At least 15 characters');
    expect(field).toContain('autocomplete="new-password"');
    expect(field).not.toMatch(/maxlength|pattern|value=|aria-invalid|<meter/);
  });

  it.each([
    [0, 'very weak'],
    [4, 'very strong'],
  ] as const)('shows a score of %d as %s', (score, word) => {
    expect(refused(score)).toContain(`Strength: ${word}</label>`);
    expect(refused(score)).toContain(`optimum="4" value="${score}"`);
  });

  it('asks for a password if there is none, without a strength', () => {
    expect(shown('missing')).not.toContain('<meter');
    expect(shown('missing')).toContain('<li>Enter a password.</li>');
  });

  it('shows suggestions if there are any', () => {
    expect(refused(1)).not.toContain('To make it stronger');
    expect(refused(1, 'recentYears')).toContain('<li>Avoid recent years.</li>');
  });

  it('is described by the rule and by the reasons', () => {
    expect(refused(1)).toContain('aria-describedby="password-hint password-error"');
    expect(refused(1)).toContain('<li>This is a common password, or close to one.</li>');
  });
});
