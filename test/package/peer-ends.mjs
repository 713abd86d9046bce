import { OPTIONAL_PEERS, PEERS } from './packed.mjs';

/** One end of every peer range: `name@range`, for the peers that npm requires and for the others. */
function endOf({ nest, typescript, alternative, version }) {
  const at = (name) => `${name}@${version(alternativesOf(name).at(alternative))}`;
  const names = Object.keys(PEERS);
  return {
    typescript: `typescript@${typescript}`,
    platform: `@nestjs/platform-express@${version(alternativesOf('@nestjs/core').at(alternative))}`,
    required: names.filter((name) => !OPTIONAL_PEERS.includes(name)).map(at),
    optional: OPTIONAL_PEERS.map(at),
    nest,
  };
}

/** The alternatives of a range. One in the middle would be an end that no application is at. */
function alternativesOf(name) {
  const alternatives = PEERS[name].split(' || ');
  if (alternatives.length > 2) throw new Error(`${name}: no application is at ${alternatives[1]}`);
  return alternatives;
}

const oldest = (range) => /\d+\.\d+\.\d+/.exec(range)[0];
const newest = (range) => range;

/** The TypeScript that the CLI of each Nest puts into an application. */
const NEST_11 = { nest: 11, typescript: '^5.7.3', alternative: 0 };
const NEST_12 = { nest: 12, typescript: '^6.0.2', alternative: -1 };

/** Both ends of the peer ranges, under each Nest. */
export const PEER_ENDS = {
  'nest-11-oldest': endOf({ ...NEST_11, version: oldest }),
  'nest-11-newest': endOf({ ...NEST_11, version: newest }),
  'nest-12-oldest': endOf({ ...NEST_12, version: oldest }),
  'nest-12-newest': endOf({ ...NEST_12, version: newest }),
};
