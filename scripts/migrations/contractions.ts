import { statementsInBlock, statementsOf } from './statements.js';

/** A migration: its name in the journal, and its text. */
export interface Migration {
  readonly tag: string;
  readonly sql: string;
}

const NAME = String.raw`(?:"?\w+"?\.)?"?(\w+)"?`;

/** Statements that the code of the release before does not notice. */
const HARMLESS = [
  /^CREATE INDEX /,
  /^CREATE (?:TYPE|SEQUENCE|SCHEMA|EXTENSION|VIEW) /,
  /^ALTER TYPE \S+ ADD VALUE /,
  /^COMMENT ON /,
  /^INSERT INTO /,
  /^UPDATE /,
  /^SELECT 1$/,
  // Rights that are given, and those on tables that do not exist yet.
  /^GRANT /,
  /^ALTER DEFAULT PRIVILEGES /,
  // The code of a release creates nothing.
  /^REVOKE (?:CREATE|TEMPORARY|TEMP) ON (?:SCHEMA|DATABASE) \S+ FROM PUBLIC$/,
];
const HARMLESS_ACTIONS = [
  /^ALTER COLUMN \S+ DROP NOT NULL$/,
  /^ALTER COLUMN \S+ SET DEFAULT /,
  // Columns that have to be filled, or may not repeat, are none that the release before can ignore.
  /^ADD COLUMN (?!.*\b(?:NOT NULL|UNIQUE|PRIMARY KEY|CHECK)\b)/,
  /^ADD COLUMN (?!.*\b(?:UNIQUE|PRIMARY KEY|CHECK)\b).*\b(?:DEFAULT|GENERATED)\b/,
];

/**
 * The statements of unreleased migrations that drop, rename or tighten something that the release before
 * uses, with no word of the released migration that made it unnecessary. Statements of an unknown form
 * count as such.
 */
export function contractionsIn(
  migrations: readonly Migration[],
  released: readonly string[],
): string[] {
  const fresh = new Set<string>();
  return migrations.flatMap(({ tag, sql }) =>
    statementsOf(sql)
      .filter(({ text, expandedIn }) => !isExpansion(text, fresh) && !released.includes(expandedIn))
      .map(({ text }) => `${tag}: ${text.slice(0, 120)}`),
  );
}

/** Whether the release before runs on; `fresh` collects the tables and columns that it does not know. */
function isExpansion(text: string, fresh: Set<string>): boolean {
  const created = matched(`CREATE TABLE ${NAME}`, text);
  if (created !== undefined) {
    fresh.add(created);
    return true;
  }
  const unique = new RegExp(`^CREATE UNIQUE INDEX .*? ON ${NAME}[^(]*\\(([^)]*)\\)`).exec(text);
  if (unique !== null) return areFresh(unique[1], unique[2], fresh);
  const access = isExpansionOfRights(text, fresh);
  if (access !== undefined) return access;
  const dropped = matched(`DROP (?:TABLE|FUNCTION) ${NAME}(?:\\([^)]*\\))?`, text);
  if (dropped !== undefined) return fresh.has(dropped);
  const altered = new RegExp(`^ALTER TABLE ${NAME} (.*)$`).exec(text);
  if (altered === null) return HARMLESS.some((form) => form.test(text));
  const [, table = '', actions = ''] = altered;
  // Each one is looked at, so that a column of the same statement counts as known.
  const judged = actionsOf(actions).map((action) => isHarmlessAction(table, action, fresh));
  return judged.every(Boolean);
}

/**
 * Tells if the release before runs on after a statement about roles, rights, functions or triggers. Returns
 * undefined for other statements.
 */
function isExpansionOfRights(text: string, fresh: Set<string>): boolean | undefined {
  if (text.startsWith('DO ')) {
    const inside = statementsInBlock(text)?.map((one) => isExpansion(one, fresh));
    return inside?.every(Boolean) ?? false;
  }
  const role = matched(`CREATE ROLE ${NAME}`, text);
  if (role !== undefined) {
    fresh.add(role);
    return true;
  }
  // One that is replaced may be in use.
  const made = new RegExp(`^CREATE (OR REPLACE )?FUNCTION ${NAME} ?\\(`).exec(text);
  if (made !== null) {
    const [, replaces, name = ''] = made;
    if (replaces !== undefined) return fresh.has(name);
    fresh.add(name);
    return true;
  }
  const revoked = new RegExp(
    `^REVOKE [\\w, ]+ ON (?:TABLE |FUNCTION )?${NAME}(?:\\([^)]*\\))? FROM (.+)$`,
  ).exec(text);
  if (revoked !== null) {
    const [, object = '', roles = ''] = revoked;
    return fresh.has(object) || roles.split(',').every((one) => fresh.has(one.trim()));
  }
  const touched = new RegExp(`^CREATE (?:TRIGGER|POLICY) .*? ON ${NAME} `).exec(text);
  if (touched !== null) return fresh.has(touched[1] ?? '');
  const called = new RegExp(`^SELECT ${NAME}\\((?:'${NAME}'.*|[^']*)\\)$`).exec(text);
  if (called === null) return undefined;
  // A function that is given the name of a table changes that table.
  const [, name = '', table = name] = called;
  return fresh.has(table);
}

function isHarmlessAction(table: string, action: string, fresh: Set<string>): boolean {
  if (fresh.has(table)) return true;
  const foreign = /^ADD CONSTRAINT \S+ FOREIGN KEY \(([^)]*)\)/.exec(action);
  if (foreign !== null) return areFresh(table, foreign[1], fresh);
  if (!HARMLESS_ACTIONS.some((form) => form.test(action))) return false;
  const column = matched(`ADD COLUMN ${NAME}`, action);
  // Rows that the release before writes have the default in it, all of them the same.
  if (column !== undefined && !/\bDEFAULT\b/.test(action)) fresh.add(`${table}.${column}`);
  return true;
}

/** Whether the release before leaves these columns empty, or does not know their table. */
function areFresh(table = '', columns = '', fresh: ReadonlySet<string>): boolean {
  const names = columns.split(',').map((one) => one.trim().replaceAll('"', ''));
  return fresh.has(table) || names.every((name) => fresh.has(`${table}.${name}`));
}

/** The parts of `ALTER TABLE`, at the commas that are in no parentheses and no quotes. */
function actionsOf(actions: string): string[] {
  const parts = actions.match(/(?:'[^']*'|\((?:[^()]|\([^()]*\))*\)|[^,])+/g) ?? [];
  return parts.map((part) => part.trim());
}

function matched(form: string, text: string): string | undefined {
  return new RegExp(`^${form}(?= |$)`).exec(text)?.[1];
}
