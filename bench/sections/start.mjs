import { Credentials } from '../credentials.mjs';
import { measurePinned } from '../processes.mjs';
import { median } from '../statistics.mjs';

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
        await measurePinned('servers/start-once.mjs', [module, settings], {
          flags: ['--expose-gc'],
        }),
      );
    }
  }
  await credentials.stop();
  return { without: medians(runs.unguarded), with: medians(runs.patronus) };
}

function medians(measured) {
  const members = ['milliseconds', 'heap', 'rss'];
  return Object.fromEntries(
    members.map((member) => [member, median(measured.map((one) => one[member]))]),
  );
}
