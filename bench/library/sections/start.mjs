import { Credentials } from '../credentials.mjs';
import { measurePinned } from '../../shared/processes.mjs';
import { median } from '../../shared/statistics.mjs';

/** Runs of each; the median counts. */
const IMPORTS = 11;

/** Time and memory that importing and starting the module adds to an application. */
export async function measureStart({ plan, say }) {
  const credentials = await Credentials.create();
  const settings = JSON.stringify({ ...credentials.settings(), adapter: 'express' });
  const runs = { unguarded: [], patronus: [] };
  say('starting applications');
  for (let round = 0; round < plan.starts; round++) {
    for (const [name, measured] of Object.entries(runs)) {
      const module = `../contenders/${name}.mjs`;
      measured.push(
        await measurePinned('library/servers/start-once.mjs', [module, settings], {
          flags: ['--expose-gc'],
        }),
      );
    }
  }
  await credentials.stop();
  const imports = await measureImports(say);
  return { without: medians(runs.unguarded), with: medians(runs.patronus), imports };
}

/** Milliseconds that importing Nest takes, and Nest with Patronus. */
async function measureImports(say) {
  const modules = { without: ['@nestjs/core'], with: ['@nestjs/core', '@patronus/nestjs'] };
  const runs = { without: [], with: [] };
  say('importing');
  for (let round = 0; round < IMPORTS; round++) {
    for (const [name, imported] of Object.entries(modules)) {
      runs[name].push(
        (await measurePinned('library/servers/import-once.mjs', imported)).milliseconds,
      );
    }
  }
  return { without: median(runs.without), with: median(runs.with) };
}

function medians(measured) {
  const members = ['milliseconds', 'heap', 'rss'];
  return Object.fromEntries(
    members.map((member) => [member, median(measured.map((one) => one[member]))]),
  );
}
