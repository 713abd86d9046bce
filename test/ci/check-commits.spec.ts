import { describe, expect, it } from '@jest/globals';
import { problemsOf } from '../../scripts/check-commits.js';

const BODY = 'Patterns were accepted, and any host could read the code.';

describe('the check of commit messages', () => {
  it.each([
    `fix(oauth): reject wildcard redirect URIs\n\n${BODY}`,
    `docs: shorten the guide\n\n${BODY}\n`,
    `feat(jwt)!: read one claim\n\n${BODY}\n\nBREAKING CHANGE: name the claim in \`claim\`.`,
    `fix(jwt): read one claim\n\n${BODY}\n\nBREAKING CHANGE: name the claim in \`claim\`.\nRefs: 15`,
    `test: keep a long line\n\n${BODY}\n    ${'x'.repeat(120)}\nhttps://example.com/${'x'.repeat(120)}`,
  ])('accepts %j', (message) => {
    expect(problemsOf(message)).toEqual([]);
  });

  it.each([
    [`wip\n\n${BODY}`, /begin with "type/],
    [`fix(OAuth): reject\n\n${BODY}`, /begin with "type/],
    [`feature(oauth): reject\n\n${BODY}`, /begin with "type/],
    [`fix: reject wildcard redirect URIs\n\n${BODY}`, /a fix needs a scope/],
    [`docs: shorten the guide.\n\n${BODY}`, /full stop/],
    [`docs: shorten the guide\n${BODY}`, /second line is not empty/],
    ['docs: shorten the guide', /no body/],
    ['docs: shorten the guide\n\nRefs: 15', /no body/],
    [`docs: ${'x'.repeat(100)}\n\n${BODY}`, /longer than 100/],
    [`docs: shorten the guide\n\n${'x'.repeat(101)}`, /longer than 100/],
    [`feat(jwt)!: read one claim\n\n${BODY}`, /no "BREAKING CHANGE: …" footer/],
    [`feat(jwt)!: read one claim\n\n${BODY}\n\nBreaking change: the claim`, /write the footer/],
    [`feat(jwt): read one claim\n\n${BODY}\n\nBREAKING CHANGE`, /write the footer/],
  ])('refuses %j', (message, problem) => {
    expect(problemsOf(message).join('\n')).toMatch(problem);
  });
});
