import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

/*
 * The code below is compiled from memory, each case as a program of its own: a catalogue that stood
 * in a file here would apply to every other file that is compiled with it.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = join(root, 'libs/patronus/src/index.ts');

const imports = `
import {
  type Permission, type PermissionOptions, type PermissionPattern, type PlatformPermission,
  type PlatformPermissionPattern, type Role, Access, anyOf, permissions, platformPermissions,
  platformRoles, RequireAny, RequireAnyPermission, RequireAnyPlatformPermission,
  RequireAnyPlatformRole, RequireAnyRole, RequirePermissions, RequirePlatformPermissions,
  RequirePlatformRoles, RequireRoles, RequireScopes, roles, scopes,
} from '@patronus/nestjs';
`;

const catalogue = `
declare module '@patronus/nestjs' {
  interface Catalogue {
    permissions: 'patients.read' | 'patients.write' | 'member.role.change';
    platformPermissions: 'audit.read';
    roles: 'doctor' | 'receptionist';
    platformRoles: 'STAFF' | 'operator';
  }
}
`;

/** The messages of the compiler for each line of `lines`, which stand below `prelude`. */
function compile(prelude: string, lines: readonly string[]): string[][] {
  const file = join(root, 'test/types/in-memory.ts');
  const text = `${prelude}${lines.join('\n')}\n`;
  const options: ts.CompilerOptions = {
    ...readOptions(),
    noEmit: true,
    noUnusedLocals: false,
    paths: { '@patronus/nestjs': [entry] },
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version, ...rest) =>
    name === file ? ts.createSourceFile(name, text, version) : readFile(name, version, ...rest);
  const { fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);

  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  const messages = lines.map((): string[] => []);
  const first = prelude.split('\n').length - 1;
  for (const { start, messageText } of ts.getPreEmitDiagnostics(program, source)) {
    const line = source?.getLineAndCharacterOfPosition(start ?? 0).line ?? -1;
    const message = ts.flattenDiagnosticMessageText(messageText, '\n');
    const ofLine = messages[line - first];
    if (ofLine === undefined) throw new Error(`outside of the cases: ${message}`);
    ofLine.push(message);
  }
  return messages;
}

function readOptions(): ts.CompilerOptions {
  const path = join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name));
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}

const method = (decorator: string): string => `{ class Case { @${decorator} list() {} } }`;
const options = (text: string): string => `{ const options: PermissionOptions = ${text}; }`;

const right = [
  ...[
    `RequirePermissions('patients.read')`,
    `RequirePermissions('patients.read', 'patients.write')`,
    `RequireAnyPermission('member.role.change')`,
    `RequirePlatformPermissions('audit.read')`,
    `RequireRoles('doctor', 'receptionist')`,
    `RequireRoles(['doctor', 'receptionist'])`,
    `RequirePermissions([] as readonly ('patients.read' | 'patients.write')[])`,
    `RequireAnyRole('doctor', 'receptionist')`,
    `RequirePlatformRoles('STAFF')`,
    `RequireAnyPlatformRole(['STAFF'])`,
    `RequireAnyPlatformPermission('audit.read')`,
    `RequireScopes(['a', 'b'])`,
    `RequireAny(roles('doctor'), platformRoles('STAFF'), scopes('any'))`,
    `RequireAny([permissions(['patients.read']), anyOf(platformPermissions('audit.read'))])`,
  ].map(method),
  `async (access: Access) => [await access.has(roles('doctor')), await access.require(anyOf(roles('doctor')))];`,
  ...[
    `{ roles: { doctor: ['patients.read'] } }`,
    `{ roles: { doctor: ['patients.*', 'member.*', 'member.role.*', '*'] } }`,
    `{ roles: { doctor: { inherits: ['receptionist'], permissions: ['patients.*'] } } }`,
    `{ platformRoles: { operator: ['audit.read', 'audit.*', '*'] } }`,
    `{ scopes: { 'api:read': ['patients.read', 'audit.*'] } }`,
  ].map(options),
];

const wrong = [
  ...[
    `RequirePermissions('patinets.read')`,
    `RequirePermissions('patients.read', 'patients.raed')`,
    `RequirePermissions('patients.*')`,
    `RequirePermissions('audit.read')`,
    `RequireAnyPermission('patients')`,
    `RequirePlatformPermissions('patients.read')`,
    `RequireRoles('docter')`,
    `RequireRoles(['docter'])`,
    `RequireAnyRole('doctor', 'STAFF')`,
    `RequirePlatformRoles('doctor')`,
    `RequireAnyPlatformRole(['doctor'])`,
    `RequireAnyPlatformPermission('patients.read')`,
    `RequireAny(roles('docter'))`,
    `RequireAny(platformRoles('doctor'))`,
    `RequireAny(permissions('patients.raed'))`,
    `RequireAny(platformPermissions('patients.read'))`,
  ].map(method),
  ...[
    `{ roles: { doctor: ['patinets.read'] } }`,
    `{ roles: { doctor: ['patinets.*'] } }`,
    `{ roles: { doctor: ['patients.read.*'] } }`,
    `{ roles: { doctor: ['*.read'] } }`,
    `{ roles: { doctor: ['audit.read'] } }`,
    `{ roles: { docter: [] } }`,
    `{ roles: { doctor: { inherits: ['recepcionist'] } } }`,
    `{ roles: { doctor: { permissions: ['patients.raed'] } } }`,
    `{ roles: { doctor: { permission: [] } } }`,
    `{ platformRoles: { operator: ['patients.read'] } }`,
    `{ scopes: { 'api:read': ['patients.raed'] } }`,
  ].map(options),
];

const nothing = [
  ...[
    'RequirePermissions()',
    'RequireAnyPermission()',
    'RequireRoles()',
    'RequireAny()',
    `RequireAny('doctor')`,
    `RequireAny(RequireRoles('doctor'))`,
    `RequireScopes(['a'], 'b')`,
  ].map(method),
  // A subject that may be missing would stand for the caller.
  `(access: Access) => access.has(roles('doctor'), undefined);`,
  `(access: Access) => access.has('doctor');`,
];

describe('the typed catalogue', () => {
  it('lets what is declared compile, and nothing that is misspelt', () => {
    const lines = [...right, ...wrong, ...nothing];
    const messages = compile(imports + catalogue, lines);
    const failing = lines.filter((_, at) => messages[at]?.length !== 0);
    expect(failing).toEqual([...wrong, ...nothing]);
  }, 60_000);

  it('names the possible wildcards, and no others', () => {
    const same = (type: string, union: string): string =>
      `{ const same: [${type}] extends [${union}] ? [${union}] extends [${type}] ? true : 0 : 0 = true; }`;
    const lines = [
      same('Permission', `'patients.read' | 'patients.write' | 'member.role.change'`),
      same('PermissionPattern', `Permission | '*' | 'patients.*' | 'member.*' | 'member.role.*'`),
      same('PlatformPermission', `'audit.read'`),
      same('PlatformPermissionPattern', `'audit.read' | 'audit.*' | '*'`),
      same('Role', `'doctor' | 'receptionist'`),
      same('Role', `'doctor'`),
    ];
    const messages = compile(imports + catalogue, lines);
    expect(messages.map((ofLine) => ofLine.length)).toEqual([0, 0, 0, 0, 0, 1]);
  }, 60_000);

  it('takes any string while nothing is declared', () => {
    const misspeltMember = wrong.filter((line) => line.includes('permission: []'));
    const lines = [...right, ...wrong, ...nothing];
    const messages = compile(imports, lines);
    const failing = lines.filter((_, at) => messages[at]?.length !== 0);
    expect(failing).toEqual([...misspeltMember, ...nothing]);
  }, 60_000);
});
