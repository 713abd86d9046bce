// `npm start`: the identity platform, and the sample that believes it, in one terminal.
// Needs `npm run build` before.
import { company } from './start/company.mjs';
import { requireFreePort } from './start/require-free-port.mjs';
import { say } from './start/say.mjs';
import { StartError } from './start/start.error.mjs';
import { readStartSettings } from './start/start-settings.mjs';
import { untilAnswering } from './start/until-answering.mjs';

const PLATFORM = 'apps/auth-server/dist/main.js';
const SAMPLE = 'apps/sample/dist/main.js';
const SETUP_LINK = /https?:\/\/\S+\/setup\?\S+/;

const both = company();
// Ctrl+C comes twice, from the terminal and from npm: each signal after the first is that again.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    void both.end(0);
  });
}

const announce = (line) => say('start', line);

async function start({ issuer, sampleUrl, ports, platform, sample, notices }) {
  for (const [name, port] of Object.entries(ports)) {
    await requireFreePort(name, port, process.env.HOST || undefined);
  }
  for (const notice of notices) announce(notice);

  let setupLink;
  both.start('platform', PLATFORM, platform, (line) => {
    setupLink ??= SETUP_LINK.exec(line)?.[0];
  });
  const wait = { signal: both.ending, say: announce };
  await untilAnswering(`${issuer}/.well-known/openid-configuration`, wait);
  both.start('sample', SAMPLE, sample);
  await untilAnswering(`${sampleUrl}/health`, wait);

  announce('');
  announce(`The clinic:           ${sampleUrl}`);
  announce(`Register or sign in:  ${issuer}/register, or the button on the clinic's page`);
  announce(`Mail it would send:   ${issuer}/dev/mail`);
  if (setupLink) announce(`First administrator:  ${setupLink} (works once)`);
  announce('Ctrl+C ends both.');
}

try {
  await start(readStartSettings(process.env));
} catch (error) {
  // What ends first is told by its own lines.
  if (!both.ending.aborted) {
    console.error(error instanceof StartError ? error.message : error);
    await both.end(1);
  }
}
process.exitCode = await both.ended;
