/** Primes of the published discriminator. */
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
  103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
] as const;

/** Returns the powers of 65537 modulo a prime. */
function powersOf65537(prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * 65537) % prime) powers.add(power);
  return powers;
}

const FINGERPRINT = PRIMES.map((prime) => ({
  prime: BigInt(prime),
  powers: powersOf65537(prime),
}));

/**
 * Returns true if an RSA modulus has the fingerprint of the vulnerable generator of Infineon's
 * RSALib (CVE-2017-15361, ROCA), whose private keys can be computed: a power of 65537 modulo each
 * small prime. About one sound key in 2^27 has it by chance.
 *
 * @see Nemec et al., "The Return of Coppersmith's Attack", ACM CCS 2017, section 2.2
 */
export function hasRocaFingerprint(modulus: bigint): boolean {
  return FINGERPRINT.every(({ prime, powers }) => powers.has(Number(modulus % prime)));
}
