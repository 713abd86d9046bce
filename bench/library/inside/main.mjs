// What is measured in process, in a process of its own: `main.mjs <what> <how often> [algorithm]`.
import { timeCold, timeHot } from './authentication.mjs';
import { measureMemory } from './memory.mjs';
import { timePermissions } from './permissions.mjs';

const [what, count, algorithm] = process.argv.slice(2);
const subjects = {
  hot: () => timeHot(Number(count)),
  cold: () => timeCold(algorithm, Number(count)),
  permissions: () => timePermissions(Number(count)),
  memory: () => measureMemory(Number(count)),
};
process.send(await subjects[what](), () => process.exit(0));
