// The first failing file ends the run of a mutant, so the quick files go first: specs beside the
// source before whole applications.
const isQuick = ({ path }) => path.endsWith('.spec.ts') && !path.endsWith('.e2e-spec.ts');

export default class UnitFirstSequencer {
  sort(tests) {
    return [...tests].sort((left, right) => Number(isQuick(right)) - Number(isQuick(left)));
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}
