import { describe, expect, it } from '@jest/globals';
import { errorSummary as summaryOf } from './form.js';
import { sampleContext } from '../../../../../test/auth-server/support/sample-pages.js';

const errorSummary = (model: Parameters<typeof summaryOf>[1]) => summaryOf(sampleContext(), model);

describe('the summary of errors', () => {
  it('is absent where nothing is wrong', () => {
    expect(errorSummary({})).toBeUndefined();
    expect(errorSummary({ error: undefined, errors: { email: undefined } })).toBeUndefined();
  });

  it('links what is wrong about a field to the field', () => {
    const summary = String(errorSummary({ errors: { name: undefined, email: 'Not an address.' } }));
    expect(summary.match(/<li>.*?<\/li>/g)).toEqual([
      '<li><a href="#email">Not an address.</a></li>',
    ]);
    expect(summary).not.toContain('<p>');
  });

  it('shows an error of the whole form', () => {
    const summary = String(errorSummary({ error: 'Too many requests.' }));
    expect(summary).toContain('<p>Too many requests.</p>');
    expect(summary).not.toContain('<ul>');
  });
});
