import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Installs packages of `bench/peers` that are not installed as their lock file says. */
export function installPeers(folders, say) {
  for (const folder of folders) {
    const path = join(import.meta.dirname, '../peers', folder);
    const installed = changedAt(join(path, 'node_modules/.package-lock.json'));
    if (installed >= changedAt(join(path, 'package-lock.json'))) continue;
    say(`installing bench/peers/${folder}`);
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: path,
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error(`npm ci in bench/peers/${folder} ended with ${status}`);
  }
}

function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
