import { CONTENDERS } from '../contenders.mjs';
import { Credentials } from '../credentials.mjs';
import { runRounds } from '../../shared/rounds.mjs';
import { Server } from '../server.mjs';

/** One guarded route of every contender as a share of the same route unguarded. */
export async function measureThroughput({ nodes, plan, say }) {
  const credentials = await Credentials.create();
  const headers = await credentials.headers();
  const groups = [];
  for (const node of nodes) {
    for (const adapter of ['express', 'fastify']) {
      say(`${adapter} on Node ${node.version}`);
      const contenders = CONTENDERS.filter(
        ({ name, adapters }) => adapters.includes(adapter) && plan.contenders(name),
      );
      const settings = { ...credentials.settings(), adapter };
      const { entries, failures } = await startAll(contenders, settings, headers, node);
      groups.push({ node, adapter, failures, results: await runRounds(entries, plan.throughput) });
      await Promise.all(entries.map(({ server }) => server.stop()));
    }
  }
  await credentials.stop();
  return groups;
}

/** A contender that does not run here is told of, and does not end the others. */
async function startAll(contenders, settings, headers, node) {
  const entries = [];
  const failures = [];
  for (const { name, module, base = 'unguarded', checks } of contenders) {
    try {
      const server = await Server.start(module, settings, { node: node.path });
      await server.probe({ headers, guarded: checks !== 'nothing' });
      entries.push({ name, base: checks === 'nothing' ? name : base, server, headers });
    } catch (error) {
      failures.push({ name, reason: error.message });
    }
  }
  return { entries, failures };
}
