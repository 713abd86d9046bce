import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Installs packages of this folder that are not installed as their lock file says. */
export function installPeers(folders, say) {
  for (const folder of folders) {
    const path = join(import.meta.dirname, folder);
    const installed = changedAt(join(path, 'node_modules/.package-lock.json'));
    if (installed >= changedAt(join(path, 'package-lock.json'))) continue;
    say(`installing bench/${folder}`);
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: path,
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error(`npm ci in bench/${folder} ended with ${status}`);
  }
}

function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
