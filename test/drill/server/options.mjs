import { parseArgs } from 'node:util';

const STORAGES = ['embedded', 'postgres'];

/** Reads the command line: `--kills N --storage embedded|postgres --seed N --fault <name>`. */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '100' },
      storage: { type: 'string' },
      seed: { type: 'string', default: String(Math.trunc(Math.random() * 2 ** 32)) },
      fault: { type: 'string' },
    },
  });
  const [kills, seed] = [values.kills, values.seed].map(Number);
  if (!Number.isInteger(kills) || kills < 1) throw new Error('--kills must be a whole number.');
  if (!Number.isInteger(seed)) throw new Error('--seed must be a whole number.');
  if (values.storage !== undefined && !STORAGES.includes(values.storage)) {
    throw new Error(`--storage must be ${STORAGES.join(' or ')}.`);
  }
  const isWhole = process.argv
    .slice(2)
    .every((argument) => !/^--(kills|storage|fault)/.test(argument));
  return { kills, seed, storage: values.storage, fault: values.fault, isWhole };
}
