import type { JsonObject } from '../../identity/json-object.js';
import type { Output } from '../output.js';
import type { Finding, Severity } from './finding.js';

const COLOURS = { ok: 'green', warning: 'yellow', error: 'red' } as const;

function count(findings: readonly Finding[], severity: Severity): string {
  const number = findings.filter((finding) => finding.severity === severity).length;
  return `${number} ${severity}${number === 1 ? '' : 's'}`;
}

/** Formats the findings as text, one a line, each with its remedy beneath it. */
export function report(findings: readonly Finding[], output: Output, claims?: JsonObject): string {
  const lines = findings.flatMap(({ code, severity, message, remedy }) => [
    `${output.style(COLOURS[severity], severity.padEnd(8))} ${code}: ${escapeControls(message)}`,
    ...(remedy === undefined ? [] : [`         ${escapeControls(remedy)}`]),
  ]);
  const shown = claims === undefined ? [] : JSON.stringify(claims, null, 2).split('\n');
  return [
    ...lines,
    ...(claims === undefined ? [] : ['', ...shown.map(escapeControls)]),
    '',
    `${count(findings, 'error')}, ${count(findings, 'warning')}.`,
  ].join('\n');
}

/**
 * Escapes control characters, so that a terminal executes nothing that an issuer or a token
 * contains.
 */
function escapeControls(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}
