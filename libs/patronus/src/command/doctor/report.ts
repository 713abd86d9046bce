import type { JsonObject } from '../../identity/json-object.js';
import type { Output } from '../output.js';
import type { Finding, Severity } from './finding.js';

const COLOURS = { ok: 'green', warning: 'yellow', error: 'red' } as const;

function count(findings: readonly Finding[], severity: Severity): string {
  const number = findings.filter((finding) => finding.severity === severity).length;
  return `${number} ${severity}${number === 1 ? '' : 's'}`;
}

/** The findings as text, one a line, each with its remedy beneath it. */
export function report(findings: readonly Finding[], output: Output, claims?: JsonObject): string {
  const lines = findings.flatMap(({ code, severity, message, remedy }) => [
    `${output.style(COLOURS[severity], severity.padEnd(8))} ${code}: ${message}`,
    ...(remedy === undefined ? [] : [`         ${remedy}`]),
  ]);
  return [
    ...lines,
    // C1 control codes and the like stay as JSON wrote them: escaped where a terminal obeys them.
    ...(claims === undefined ? [] : ['', escapeControls(JSON.stringify(claims, null, 2))]),
    '',
    `${count(findings, 'error')}, ${count(findings, 'warning')}.`,
  ].join('\n');
}

function escapeControls(json: string): string {
  return json.replaceAll(/[\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
