import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { changesSince } from './authority-changes.js';

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'patronus-authority-')), 'authority.json');
});
afterEach(() => rmSync(join(file, '..'), { recursive: true }));

const no = { may: 'no', because: 'not granted' };
const yes = { may: 'yes', because: '' };
const route = (given: object = {}) => ({
  handler: 'NotesController.list',
  calls: ['GET /notes'],
  access: 'authenticated',
  requires: ['notes.read'],
  may: { everybody: no, knownCallers: no, roles: { doctor: yes, nurse: no }, platformRoles: {} },
  ...given,
});
const mapOf = (...routes: readonly object[]) => ({ routes }) as never;

function changes(before: readonly object[], now: readonly object[]): readonly string[] {
  writeFileSync(file, JSON.stringify({ routes: before }));
  return changesSince(file, mapOf(...now));
}

describe('the changes of authority', () => {
  it('are none where nothing changed', () => {
    expect(changes([route()], [route()])).toEqual([]);
  });

  it('name who may now, who may no longer, and why', () => {
    const roles = {
      doctor: no,
      nurse: { may: 'depends', because: 'RequireConsent' },
      porter: { may: 'perhaps', because: '' },
    };
    const may = { everybody: no, knownCallers: no, roles, platformRoles: { auditor: yes } };
    expect(changes([route()], [route({ may })])).toEqual([
      'doctor may no longer GET /notes: not granted.',
      'nurse may now, depending on circumstances, GET /notes: RequireConsent.',
      'porter perhaps GET /notes.',
      'auditor (platform) may now GET /notes.',
    ]);
    expect(changes([route({ may })], [route()])).toContain(
      'auditor (platform) may no longer GET /notes.',
    );
  });

  it('name calls that are new, and calls that are gone', () => {
    const may = {
      everybody: no,
      knownCallers: no,
      roles: { doctor: yes, nurse: { may: 'depends', because: '' } },
      platformRoles: {},
    };
    const closed = { everybody: no, knownCallers: no, roles: {}, platformRoles: {} };
    const added = [
      route({ calls: ['POST /notes'], may }),
      route({ calls: ['DELETE /notes'], may: closed }),
    ];
    expect(changes([route()], added)).toEqual([
      'POST /notes is new (notes.read): doctor, nurse?.',
      'DELETE /notes is new (notes.read): no role alone.',
      'GET /notes is gone.',
    ]);
  });

  it('name rules that changed', () => {
    const open = route({ requires: [], access: 'public', tenantOptional: true });
    expect(changes([route()], [open])).toEqual([
      'GET /notes asks for @public @TenantOptional() now, and asked for notes.read before.',
    ]);
  });

  it('keep apart the handlers of one call', () => {
    const second = route({ handler: 'NotesController.second' });
    expect(changes([route(), second], [route()])).toEqual([
      'GET /notes is new (notes.read): doctor.',
      'GET /notes (NotesController.list) is gone.',
      'GET /notes (NotesController.second) is gone.',
    ]);
  });

  it.each([
    ['a list', []],
    ['no routes', {}],
    ['a route that is no object', { routes: [1] }],
    ['calls that are no texts', { routes: [route({ calls: [1] })] }],
    ['requirements that are no list', { routes: [route({ requires: 'notes.read' })] }],
    ['no cells', { routes: [route({ may: undefined })] }],
    ['no roles', { routes: [route({ may: { everybody: no, knownCallers: no } })] }],
    [
      'a cell that is no object',
      { routes: [route({ may: { everybody: 'no', roles: {}, platformRoles: {} } })] },
    ],
  ])('are not told from a file with %s', (_what, content) => {
    writeFileSync(file, JSON.stringify(content));
    expect(() => changesSince(file, mapOf())).toThrow('is not a map of authority.');
  });

  it('are not told from a file that cannot be read', () => {
    expect(() => changesSince(file, mapOf())).toThrow('cannot be read.');
    writeFileSync(file, '{');
    expect(() => changesSince(file, mapOf())).toThrow('is no JSON.');
  });
});
