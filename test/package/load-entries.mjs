// In an application: `load-entries.mjs <'present' or 'missing'> <'import' or 'require'> <entries as JSON>`.
// Each entry loads where its peers are installed, and names one that it misses where they are not.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const [peersAre, how, entries] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = { import: (name) => import(name), require: async (name) => require(name) }[how];

for (const { name, peers } of JSON.parse(entries)) {
  if (peersAre === 'present' || peers.length === 0) {
    assert.notDeepEqual(Object.keys(await load(name)), [], `${name} exports nothing`);
  } else {
    const named = peers.map((peer) => `Cannot find package '${peer}'`);
    await assert.rejects(load(name), (error) => {
      assert.equal(error.code, 'ERR_MODULE_NOT_FOUND');
      assert.ok(
        named.some((text) => error.message.startsWith(text)),
        `${name}: ${error.message}`,
      );
      return true;
    });
  }
}
