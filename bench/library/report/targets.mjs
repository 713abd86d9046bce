import { RECIPE } from '../contenders.mjs';
import { count, nanoseconds, ratio } from '../../shared/format.mjs';

/** What the largest of a series must keep of the smallest one's share to count as flat, noise apart. */
const FLAT = 0.9;

/** Each target of the project, with what was measured. */
export function judge(results) {
  return [
    ...throughputTargets(results.throughput),
    ...insideTargets(results.guardsAlone),
    ...memoryTargets(results.manyUsers),
    ...growthTargets(results.growth),
    ...importTargets(results.start),
  ];
}

function throughputTargets(groups) {
  const [{ node }] = groups;
  return Object.entries({ express: 0.7, fastify: 0.65 }).flatMap(([adapter, least]) => {
    const group = groups.find((one) => one.node === node && one.adapter === adapter);
    const [patronus, recipe] = ['Patronus', RECIPE].map((wanted) =>
      group.results.find(({ name }) => name === wanted),
    );
    const times = patronus.cpuShare / recipe.cpuShare;
    return [
      target(
        `hot guarded route on ${adapter}, Node ${node.version}: at least ${ratio(least)} of unguarded`,
        ratio(patronus.cpuShare),
        patronus.cpuShare >= least,
      ),
      target(`the same: at least 3.5 × ${RECIPE}`, `${ratio(times)} ×`, times >= 3.5),
    ];
  });
}

function insideTargets({ hot, cold, permissions }) {
  const authentication = hot['hot authentication'];
  const deep = permissions['the guard: 1000, five levels deep'];
  const one = permissions['the guard: 1, five levels deep'];
  return [
    target(
      'hot authentication: under 3 × (SHA-256 + look-up)',
      `${ratio(authentication.ratio)} ×`,
      authentication.ratio < 3,
    ),
    ...Object.entries(cold).map(([algorithm, { Patronus, 'jsonwebtoken alone': library }]) =>
      target(
        `cold verification, ${algorithm}: at most 1.7 × the raw operation`,
        `${ratio(Patronus.ratio)} ×`,
        Patronus.ratio <= 1.7,
        library && `jsonwebtoken alone takes ${ratio(library.ratio)} ×`,
      ),
    ),
    target(
      'permission check, 1,000 permissions, five levels: under 1 µs',
      nanoseconds(deep.median),
      deep.median < 1000,
    ),
    target(
      'permission check: constant in their number',
      `${ratio(deep.median / one.median)} × that with one permission`,
      deep.median / one.median < 1.5,
    ),
  ];
}

function memoryTargets({ memory }) {
  return [
    target(
      'a cached identity: under 2 KiB',
      `${count(memory.bytesEach)} bytes`,
      memory.bytesEach < 2048,
    ),
    target(
      'the cache under a flood: at its bound',
      `${count(memory.sizeAfterFlood)} of ${count(memory.max)}`,
      memory.sizeAfterFlood <= memory.max,
    ),
  ];
}

/** What is known of a series whose largest point falls behind. */
const WHY_GROWTH = {
  tenants:
    'a thousand tokens are first seen at once, and V8 then allocates in its old generation what outlived that (`--no-allocation-site-pretenuring` makes it flat)',
};

function growthTargets(growth = []) {
  return growth
    .filter(({ name }) => name !== 'connections')
    .map(({ name, points, kept: [low, middle, high] }) => {
      const shares = points.map(({ cpuShare }) => ratio(cpuShare)).join(' → ');
      const kept = `the largest keeps ${ratio(middle)} of the smallest, in half of the rounds ${ratio(low)} to ${ratio(high)}`;
      // Where half of the rounds lie on both sides of 1, the difference is less than the noise.
      const isFlat = middle >= FLAT || (low <= 1 && high >= 1);
      return target(
        `growth in ${name}: flat within noise`,
        `${shares}; ${kept}`,
        isFlat,
        WHY_GROWTH[name],
      );
    });
}

function importTargets({ imports }) {
  const added = imports.with - imports.without;
  return [
    target('importing @patronus/nestjs alone: under 150 ms', `${count(added)} ms`, added < 150),
  ];
}

function target(text, measured, met, why) {
  return { text, measured, met, why };
}
