import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { median } from '../../shared/statistics.mjs';
import { ask } from '../ask.mjs';
import { PASSWORD } from '../clients.mjs';
import { freePort } from '../../../test/environment/free-port.mjs';
import { jsonPost } from '../operations.mjs';
import { openStorage } from '../storages.mjs';

const MAIN = fileURLToPath(new URL('../../../apps/auth-server/dist/main.js', import.meta.url));
const ADDRESS = 'ana@example.com';

/** Resident memory of the embedded platform as a newcomer starts it, in bytes: medians of some starts. */
export async function measureMemory({ plan, say }) {
  const runs = [];
  for (let start = 0; start < plan.starts; start += 1) {
    say(`start ${start + 1} of ${plan.starts}`);
    runs.push(await startOnce());
  }
  const members = ['milliseconds', 'afterStart', 'afterLogin'];
  return Object.fromEntries(members.map((one) => [one, median(runs.map((run) => run[one]))]));
}

async function startOnce() {
  const storage = await openStorage('embedded');
  const { folder } = storage.settings;
  const port = String(await freePort());
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: port, PATRONUS_SERVER_DATA: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await addressOf(child);
    const milliseconds = performance.now() - began;
    const afterStart = residentOf(child);
    await logInFirst(url);
    return { milliseconds, afterStart, afterLogin: residentOf(child) };
  } finally {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
    await storage.clear();
  }
}

/** What it says once it listens. */
async function addressOf(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /^Patronus listens on (\S+)/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error('the platform ended before it listened');
}

/** From a registration to a login, as a person would. */
async function logInFirst(url) {
  const registration = jsonPost('/api/v1/auth/register', { email: ADDRESS, password: PASSWORD });
  const { status } = await fetch(new URL(registration.path, url), registration);
  if (status !== 202) throw new Error(`registration answers ${status}`);
  const token = await mailedToken(url);
  await ask(url, jsonPost('/api/v1/auth/verify-email', { token }));
  await ask(url, jsonPost('/api/v1/auth/login', { email: ADDRESS, password: PASSWORD }));
}

async function mailedToken(url) {
  const list = await (await fetch(new URL('/dev/mail', url))).text();
  const [, path] = /href="(\/dev\/mail\/[^"]+)"/.exec(list) ?? [];
  const mail = await (await fetch(new URL(path, url))).text();
  const [, token] = /token=([\w-]+)/.exec(mail) ?? [];
  if (token === undefined) throw new Error('no link was mailed');
  return token;
}

function residentOf({ pid }) {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', `${pid}`], { encoding: 'utf8' });
  return Number(stdout) * 1024;
}
