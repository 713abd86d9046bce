// `npm run drill:lockout [-- --requests N --networks N --accounts N]`: an attacker with many networks tries to keep
// the owners of accounts out, who sign in meanwhile. Fails if one of them is refused.
import { parseArgs } from 'node:util';
import { LockoutAttack } from './lockout-attack.js';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    networks: { type: 'string', default: '50' },
    accounts: { type: 'string', default: '20' },
  },
});
const [requests, networks, accounts] = [values.requests, values.networks, values.accounts].map(
  Number,
);
if (!requests || !networks || !accounts) {
  throw new Error('--requests, --networks and --accounts are numbers.');
}

const { attacker, refusals } = await LockoutAttack.run({ requests, networks, accounts }, (line) =>
  console.log(line),
);
console.log('answers to the attacker:', attacker);
if (refusals.length > 0) console.error('owners were refused:', refusals.slice(0, 20));
// The embedded database keeps its threads.
process.exit(refusals.length === 0 ? 0 : 1);
