import { describe, expect, it } from '@jest/globals';
import { newPasswordField } from './form.js';

const refused = (score?: number, suggestions: string[] = []) =>
  newPasswordField('Password', {
    minimumLength: 15,
    refusal: { reasons: ['Too common.'], suggestions, score },
  }).toString();

describe('the field of a new password', () => {
  it('names the rule, and does not cut what is typed', () => {
    const field = newPasswordField('Password', { minimumLength: 15 }).toString();
    expect(field).toContain('At least 15 characters');
    expect(field).toContain('autocomplete="new-password"');
    expect(field).not.toMatch(/maxlength|pattern|value=|aria-invalid|<meter/);
  });

  it.each([
    [0, 'very weak'],
    [4, 'very strong'],
  ])('shows a score of %d as %s', (score, word) => {
    expect(refused(score)).toContain(`Strength: ${word}</label>`);
    expect(refused(score)).toContain(`optimum="4" value="${score}"`);
  });

  it('shows no strength where none was estimated', () => {
    expect(refused()).not.toContain('<meter');
    expect(refused()).toContain('<li>Too common.</li>');
  });

  it('suggests nothing where nothing is suggested', () => {
    expect(refused(1)).not.toContain('Better:');
    expect(refused(1, ['Add a word.'])).toContain('<li>Add a word.</li>');
  });

  it('is described by the rule and by the reasons', () => {
    expect(refused(1)).toContain('aria-describedby="password-hint password-error"');
  });
});
