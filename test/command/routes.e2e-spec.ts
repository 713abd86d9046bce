import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run, type Surroundings } from './run-command.js';

const CLINIC = fileURLToPath(new URL('apps/clinic.ts', import.meta.url));

interface Line {
  readonly calls: readonly string[];
  readonly may: Record<string, Record<string, { may: string; because: string }>>;
}

describe('patronus routes', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'patronus-routes-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const routes = (args: readonly string[] = [], around?: Surroundings) =>
    run(['routes', '--app', `${CLINIC}#AppModule`, ...args], around);

  it('lists every handler with who may call it, and ends though the application does not', async () => {
    const { code, stdout, stderr } = await routes();
    expect(code).toBe(0);
    const line = (call: string) =>
      stdout
        .split('\n')
        .find((text) => text.startsWith(`  ${call} `))
        ?.replaceAll(/ {2,}/g, '|');
    expect(line('GET /health')).toBe('|GET /health|@Public()|everybody');
    expect(line('GET /me')).toBe('|GET /me|no rule|every known caller');
    expect(line('DELETE /patients/:id')).toBe(
      "|DELETE /patients/:id|@RequirePermissions('patients.read', 'patients.erase')|admin, nurse",
    );
    expect(line('POST /patients/:id/notes')).toMatch(/@RequireOwner.*\|admin\?, nurse\?, recep/);
    expect(line('GET /export')).toMatch(/\|admin\?, nurse\?, receptionist\?$/);
    expect(line('MESSAGE chat')).toMatch(/\|admin, nurse, receptionist$/);
    expect(line('RPC {"cmd":"sum"}')).toMatch(/\|no role alone$/);
    expect(line('GET /ward')).toBe(
      "|GET /ward|@RequireAnyRole('receptionist', 'surgeon')|receptionist",
    );
    expect(line('GET /staff')).toMatch(
      /@RequirePlatformRoles\('auditor', 'admin'\)\|no role alone$/,
    );
    expect(line('GET /log')).toMatch(/\|admin \(platform\), auditor \(platform\)$/);
    expect(line('GET /either')).toBe(
      "|GET /either|@RequireAny(roles('nurse'), permissions('patients.erase'), platformRoles('auditor'))" +
        '|admin, nurse, auditor (platform)',
    );
    expect(line('GET /scope')).toMatch(/\|every known caller\?/);
    expect(stdout).not.toContain('prints something');
    expect(stderr).toContain('prints something');
  });

  it('has the paths of the application that a function makes', async () => {
    const { stdout } = await run(['routes', '--app', `${CLINIC}#createApp`]);
    expect(stdout).toContain('  DELETE /api/v1/patients/:id ');
    expect(stdout).not.toContain('This was read from a module');
    const ofModule = (await routes()).stdout;
    expect(ofModule).not.toContain('/api/');
    expect(ofModule).toMatch(
      /^This was read from a module: the global prefix, the versions, .*--app/m,
    );
  });

  it('takes an application of CommonJS', async () => {
    const app = fileURLToPath(new URL('apps/legacy.cjs', import.meta.url));
    const { stdout } = await run(['routes', '--app', `${app}#createApp`]);
    expect(stdout).toMatch(/ {2}GET \/hello {2}@Public\(\) +everybody/);
  });

  it('never takes the authority of a tenant for that of the platform', async () => {
    const { stdout } = await routes(['--json']);
    const { routes: lines }: { routes: Line[] } = JSON.parse(stdout);
    const mayOf = (call: string) => lines.find(({ calls }) => calls.includes(call))?.may;
    const audit = mayOf('GET /<b>"audit"</b>');
    expect(audit?.['roles']?.['admin']).toEqual({
      may: 'no',
      because: 'lacks audit.read on the platform',
    });
    expect(audit?.['platformRoles']?.['admin']?.may).toBe('yes');
    expect(mayOf('GET /patients')?.['platformRoles']?.['admin']?.may).toBe('no');
    expect(mayOf('RPC {"cmd":"sum"}')?.['platformRoles']?.['admin']?.because).toMatch(
      /^rpc is not/,
    );
    expect(mayOf('DELETE /patients/:id')?.['roles']?.['nurse']).toEqual({
      may: 'yes',
      because:
        'patients.read through nurse → admin (patients.*); patients.erase through nurse → admin (patients.*)',
    });
  });

  it('says which of several alternatives is held, and what each one lacks', async () => {
    const { stdout } = await routes(['--json']);
    const { routes: lines }: { routes: Line[] } = JSON.parse(stdout);
    const mayOf = (call: string) => lines.find(({ calls }) => calls.includes(call))?.may;
    const either = mayOf('GET /either');
    expect(either?.['roles']?.['nurse']).toEqual({
      may: 'yes',
      because: 'nurse; patients.erase through nurse → admin (patients.*)',
    });
    expect(either?.['roles']?.['receptionist']).toEqual({
      may: 'no',
      because: 'lacks the role nurse, or patients.erase, or the role auditor on the platform',
    });
    expect(either?.['platformRoles']?.['admin']?.may).toBe('no');
    expect(either?.['platformRoles']?.['auditor']).toEqual({ may: 'yes', because: 'auditor' });
    const scope = mayOf('GET /scope');
    expect(scope?.['roles']?.['nurse']).toEqual({
      may: 'depends',
      because: "depends on scopes('export', 'read')",
    });
    expect(scope?.['platformRoles']?.['auditor']).toEqual({ may: 'yes', because: 'auditor' });
    expect(mayOf('GET /ward')?.['roles']?.['nurse']?.because).toBe(
      'lacks the role receptionist or surgeon',
    );
    expect(mayOf('GET /staff')?.['platformRoles']?.['admin']?.because).toBe(
      'lacks the role auditor on the platform',
    );
    expect(mayOf('GET /log')?.['roles']?.['admin']?.because).toBe(
      'lacks audit.read or log.read on the platform',
    );
  });

  it('has no bar in Markdown that ends a cell', async () => {
    const { stdout } = await routes(['--markdown']);
    const widths = stdout
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').length);
    expect(new Set(widths).size).toBe(1);
    expect(stdout).toContain("| `GET /ward` | `@RequireAnyRole('receptionist', 'surgeon')` |");
    expect(stdout).toContain("`@RequireAny(scopes('export', 'read'), platformRoles('auditor'))`");
    expect(stdout).toContain("| `GET /head` | `@RequireRoles('nurse')` | no | no | no | yes |");
  });

  describe('--check', () => {
    let file: string;
    beforeAll(async () => {
      file = join(folder, 'authority.json');
      writeFileSync(file, (await routes(['--json'])).stdout);
    });

    it('is content where nothing has changed', async () => {
      const { code, stdout } = await routes(['--check', file]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: `Authority matches ${file}.\n` });
    });

    it('says who may do more now, and through which roles', async () => {
      const { code, stdout } = await routes(['--check', file], { env: { WIDER: '1' } });
      expect(code).toBe(1);
      expect(stdout).toContain(
        'receptionist may now DELETE /patients/:id: patients.read through receptionist → nurse → admin',
      );
      expect(stdout).not.toContain('GET /patients:');
    });

    it('says which calls are new, gone, or ask for something else', async () => {
      const text = readFileSync(file, 'utf8');
      const other = join(folder, 'other.json');
      writeFileSync(
        other,
        text
          .replace('"GET /head"', '"GET /foot"')
          .replace("@RequirePermissions('patients.read') @", '@')
          .replace('"@RequireScopes(\'export\')"', '"@RequireScopes(\'import\')"'),
      );
      const { code, stdout } = await routes(['--check', other, '--json']);
      const { ok, changes } = JSON.parse(stdout);
      expect({ code, ok, changes }).toEqual({
        code: 1,
        ok: false,
        changes: [
          "GET /export asks for @RequirePermissions('patients.read') @RequireScopes('export') now, and asked for @RequirePermissions('patients.read') @RequireScopes('import') before.",
          "GET /head is new (@RequireRoles('nurse')): nurse.",
          'GET /foot is gone.',
        ],
      });
    });

    it.each([
      ['{"routes":[{}]}', 'is not a map of authority'],
      ['[]', 'is not a map of authority'],
      ['', 'is no JSON'],
    ])('calls %j a mistake', async (text, problem) => {
      const wrong = join(folder, 'wrong.json');
      writeFileSync(wrong, text);
      const { code, stdout, stderr } = await routes(['--check', wrong]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(problem);
    });
  });

  describe('without an application', () => {
    it.each([
      ['gone.js#AppModule', 'There is no file for gone.js#AppModule. Build the application'],
      [
        `${CLINIC}#NopeModule`,
        'It exports AppModule, ForgottenModule, UnguardedModule, createApp, createNothing.',
      ],
      [`${CLINIC}#text`, 'exports no class and no function'],
      [CLINIC, 'does not name an export of the file'],
      [`${CLINIC}#UnguardedModule`, 'Import PatronusModule.forRoot() in it'],
      [
        `${CLINIC}#ForgottenModule`,
        'has no PatronusModule, so nothing enforces the decorators on 1 of its handlers: they are open to every caller. Import PatronusModule.forRoot()',
      ],
      [`${CLINIC}#createNothing`, 'does not create a Nest application'],
    ])('calls %s a mistake', async (app, problem) => {
      const { code, stdout, stderr } = await run(['routes', '--app', app], { cwd: folder });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr.match(/^patronus: .*$/gm)).toEqual([expect.stringContaining(problem)]);
    });

    it('calls one that fails to start a mistake, with a stack for --verbose only', async () => {
      const around = { env: { BROKEN: '1' } };
      const { code, stderr } = await routes([], around);
      expect(code).toBe(2);
      expect(stderr).toContain('does not start: no database. Start it in the usual way');
      expect(stderr).not.toContain('\n    at ');
      expect((await routes(['--verbose'], around)).stderr).toContain('\n    at new Busy');
    });

    it('takes the one that package.json names, else dist/app.module.js', async () => {
      const patronus = { app: `${CLINIC}#AppModule` };
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ patronus }));
      expect((await run(['routes'], { cwd: folder })).stdout).toContain('  GET /patients ');
      rmSync(join(folder, 'package.json'));
      const { code, stderr } = await run(['routes'], { cwd: folder });
      expect(code).toBe(2);
      expect(stderr).toContain('no file for dist/app.module.js#AppModule');
    });

    it('says so where Nest would end the process because an adapter is missing', async () => {
      writeFileSync(join(folder, 'app.cjs'), 'exports.AppModule = class AppModule {};\n');
      const { code, stderr } = await run(['routes', '--app', 'app.cjs#AppModule'], { cwd: folder });
      expect(code).toBe(2);
      expect(stderr).toContain('@nestjs/platform-express is not installed');
    });
  });
});
