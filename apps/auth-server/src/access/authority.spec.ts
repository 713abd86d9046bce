import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { PLATFORM_ROLES } from '../accounts/accounts.service.js';

const SOURCE = `${import.meta.dirname}/..`;
const NAMES = [...PLATFORM_ROLES, 'clients.read', 'clients.manage'];
/** The guards of the library read what these ask for; the table and the catalogue declare the names. */
const DECLARATIONS = /@Require\w+\([^)]*\)|platformPermissions: [^;]*;|platformRoles: [^;]*;/g;

describe('authority', () => {
  it('is decided in access/: no other room compares the name of a role or permission', () => {
    const files = globSync('**/*.ts', { cwd: SOURCE }).filter(
      (file) => !/\.spec\.ts$|^access\/|^accounts\/accounts\.table\.ts$/.test(file),
    );
    const named = files.filter((file) => {
      const code = readFileSync(`${SOURCE}/${file}`, 'utf8').replaceAll(DECLARATIONS, '');
      return NAMES.some((name) => code.includes(`'${name}'`));
    });
    expect(named).toEqual([]);
  });
});
