const FULL = {
  people: 1500,
  contenders: () => true,
  throughput: { rounds: 6, seconds: 1, warmUp: 5 },
  logins: { rounds: 7, seconds: 8, warmUp: 10 },
  users: { users: 1000, rate: 250, seconds: 20, warmUp: 6 },
  instances: { rounds: 6, seconds: 1, warmUp: 4 },
  starts: 3,
  leavesOut: [],
};

const QUICK = {
  people: 600,
  contenders: (name) => name !== 'better-auth, PostgreSQL',
  throughput: { rounds: 2, seconds: 0.7, warmUp: 1 },
  logins: { rounds: 2, seconds: 1.5, warmUp: 1.5 },
  users: { users: 200, rate: 100, seconds: 3, warmUp: 1 },
  instances: { rounds: 2, seconds: 0.7, warmUp: 1 },
  starts: 1,
  leavesOut: ['better-auth on PostgreSQL', 'most of 1,000 users'],
};

/** How much is measured: `people` that each contender knows, and `rate` of acts per second at most. */
export function planOf(quick) {
  return quick ? QUICK : FULL;
}
