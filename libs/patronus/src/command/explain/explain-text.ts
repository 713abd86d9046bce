import type {
  Explanation,
  NeedExplanation,
  RequirementExplanation,
} from '../../authorization/explanation/explanation.js';
import { lackedBy } from '../../coverage/coverage-report.js';
import type { HandlerCoverage } from '../../coverage/handler-coverage.js';
import type { Output } from '../output.js';
import { textOfTrail } from '../routes/judge-rule.js';
import type { Judgement } from './judge-call.js';

const COLOURS = { allowed: 'green', denied: 'red', depends: 'yellow' } as const;

/** Formats the explanation of a call for a terminal. */
export function explainText(
  call: string,
  coverage: HandlerCoverage,
  judgement: Judgement,
  output: Output,
): string {
  const { verdict, explanation } = judgement;
  const lines = [
    ['call', `${call} (${coverage.handler})`],
    ...guardLines(coverage),
    ...callerLines(explanation),
    ...tenantLines(judgement),
    ...grantLines(explanation),
    ...ruleLines(explanation),
    ...(explanation.notes ?? []).map((note): Line => ['note', note]),
  ].map(([label = '', text = '']) => plain(`${label.padEnd(9)} ${text}`));
  return [output.style(COLOURS[verdict], plain(verdictText(judgement))), ...lines].join('\n');
}

function verdictText({ verdict, code, message, reason, cause, unasked }: Judgement): string {
  if (verdict === 'allowed') return 'allowed';
  if (verdict === 'depends') return `depends   on ${unasked.join(', ')}, which was not run`;
  const why = new Set([reason, cause].filter((text) => text !== undefined));
  return `denied    ${code}: ${message}${why.size === 0 ? '' : ` (${[...why].join(': ')})`}`;
}

type Line = readonly [label: string, text: string];

/** Describes missing guards. Empty for a handler that has the guards that its rule needs. */
function guardLines(coverage: HandlerCoverage): readonly Line[] {
  const { guards, enforces, missingGuards } = coverage;
  if (enforces === 'rule' && missingGuards.length === 0) return [];
  const lack = missingGuards.length === 0 ? '' : `; the rule lacks ${lackedBy(coverage)}`;
  return [['guards', `${guards.length === 0 ? 'none' : list(guards)}${lack}`]];
}

function callerLines({ caller }: Explanation): readonly Line[] {
  if (caller === undefined) return [['caller', 'not known']];
  const scopes = caller.scopes.length === 0 ? 'without scopes' : `scopes ${list(caller.scopes)}`;
  return [['caller', `${caller.user} of ${caller.issuer}, by ${caller.provider}, ${scopes}`]];
}

function tenantLines({ explanation, tenantFrom = '' }: Judgement): readonly Line[] {
  const { tenant, caller } = explanation;
  if (tenant !== undefined) return [['tenant', `${tenant}, from ${tenantFrom}`]];
  return caller === undefined ? [] : [['tenant', 'none']];
}

function grantLines({ grants }: Explanation): readonly Line[] {
  if (grants === undefined) return [];
  const { source, from, askedAt } = grants;
  const where = from === 'token' ? source : `${source}, by the ${from}`;
  const held: readonly (readonly [string, readonly string[]])[] = [
    ['roles', grants.roles],
    ['permissions', grants.permissions],
    ['platform roles', grants.platformRoles],
    ['platform permissions', grants.platformPermissions],
  ];
  const parts = held.filter(([, names]) => names.length > 0);
  return [
    ['grants', `from ${where}${askedAt === undefined ? '' : `, asked at ${askedAt}`}`],
    ...(parts.length === 0
      ? [['', 'none'] as const]
      : parts.map(([label, names]) => ['', `${label} ${list(names)}`] as const)),
  ];
}

function ruleLines({ access, tenantOptional, requirements }: Explanation): readonly Line[] {
  const marks = [
    ...(access === 'authenticated' ? [] : [access === 'public' ? '@Public()' : '@OptionalAuth()']),
    ...(tenantOptional ? ['@TenantOptional()'] : []),
  ];
  const lines = [
    ...marks.map((mark): Line => ['rule', mark]),
    ...requirements.flatMap(ofRequirement),
  ];
  return lines.length === 0 ? [['rule', 'none: open to every known caller']] : lines;
}

function ofRequirement(requirement: RequirementExplanation): Line[] {
  const { needs = [], alternatives = [] } = requirement;
  return [
    ['rule', stateOf(requirement)],
    ...needs.map((need): Line => ['', ofNeed(need)]),
    ...alternatives.flatMap((one, index): Line[] => [
      ['', `${index === 0 ? 'either' : 'or'} ${stateOf(one)}`],
      ...(one.needs ?? []).map((need): Line => ['', `  ${ofNeed(need)}`]),
    ]),
  ];
}

function stateOf({ rule, met, authority }: RequirementExplanation): string {
  const state = met === undefined ? 'not looked at' : met ? 'met' : 'not met';
  const where = authority === undefined ? '' : `, in the authority of the ${authority}`;
  return `${rule}: ${state}${where}`;
}

function ofNeed({ name, held, by, beyondScopes }: NeedExplanation): string {
  const ways = by.map((trail) => textOfTrail(name, trail)).join('; ');
  if (held) return `has ${ways === '' ? name : ways}`;
  return beyondScopes ? `out of reach of the scopes: ${ways}` : `lacks ${name}`;
}

function list(names: readonly string[]): string {
  return names.join(', ');
}

/** Removes control codes from claims of a token, which are printed to a terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '?').trimEnd();
}
