const FULL = {
  nodes: 2,
  peers: ['library', 'library-nest10'],
  sections: ['throughput', 'guardsAlone', 'manyUsers', 'growth', 'start'],
  contenders: () => true,
  throughput: { rounds: 6, seconds: 1, warmUp: 1.5 },
  batches: 400,
  users: [10_000, 100_000],
  manyUsers: { rounds: 5, seconds: 1, warmUp: 4 },
  remembered: 10_000,
  growth: { rounds: 15, seconds: 0.3, warmUp: 2 },
  starts: 7,
  leavesOut: [],
};

const QUICK_CONTENDERS = new Set(['unguarded', 'Patronus', 'passport-jwt + jwks-rsa']);

const QUICK = {
  nodes: 1,
  peers: ['library'],
  sections: ['throughput', 'guardsAlone', 'manyUsers', 'start'],
  contenders: (name) => QUICK_CONTENDERS.has(name),
  throughput: { rounds: 5, seconds: 0.3, warmUp: 0.5 },
  batches: 40,
  users: [2000],
  manyUsers: { rounds: 5, seconds: 0.3, warmUp: 0.5 },
  remembered: 1000,
  starts: 2,
  leavesOut: ["the system's Node", 'most peers', '100,000 users', 'growth'],
};

/** How much is measured. A quick run says what it leaves out. */
export function planOf(quick) {
  return quick ? QUICK : FULL;
}
