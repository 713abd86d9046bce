import type { KeyObject } from 'node:crypto';
import { jwtVerify, errors as joseErrors } from 'jose';
import { Strategy } from 'passport-jwt';
import { PatronusError } from '../../errors/patronus.error.js';
import { isJsonObject, type JsonObject } from '../../identity/json-object.js';
import { runStrategy } from '../../authentication/run-strategy.js';
import { isEdwards, type SignatureAlgorithm } from './signature-algorithm.js';
import { invalid } from './token-error.js';

/** Values that a token's signature and claims are compared with. */
export interface VerifierOptions {
  readonly issuer: string;
  readonly algorithms: readonly SignatureAlgorithm[];
  /** Seconds. */
  readonly clockTolerance: number;
}

/** Token with the key that its issuer published for it. */
export interface KeyedToken {
  readonly token: string;
  readonly key: KeyObject;
  readonly algorithm: SignatureAlgorithm;
}

/**
 * Passes the key object to `jsonwebtoken`. The typings of passport-jwt know keys as text and bytes
 * only.
 */
function provideKey(
  { key }: KeyedToken,
  _token: unknown,
  done: (...result: never[]) => void,
): void {
  Reflect.apply(done, undefined, [null, key]);
}

function createStrategy(options: VerifierOptions): Strategy {
  return new Strategy(
    {
      jwtFromRequest: (request: KeyedToken) => request.token,
      secretOrKeyProvider: provideKey,
      algorithms: options.algorithms.filter((algorithm) => !isEdwards(algorithm)),
      issuer: options.issuer,
      jsonWebTokenOptions: { clockTolerance: options.clockTolerance },
    },
    (payload: unknown, done) => done(null, payload),
  );
}

function refusal(error: unknown): PatronusError {
  if (!(error instanceof Error)) return invalid('refused');
  const expired = error.name === 'TokenExpiredError' || error instanceof joseErrors.JWTExpired;
  return new PatronusError(expired ? 'token_expired' : 'token_invalid', { reason: error.message });
}

/**
 * Verifies signature, `alg`, `exp`, `nbf` and `iss`: by passport-jwt, or by jose for the Edwards
 * curves, which passport-jwt's `jsonwebtoken` does not support.
 */
export class TokenVerifier {
  private readonly strategy: Strategy;

  constructor(private readonly options: VerifierOptions) {
    this.strategy = createStrategy(options);
  }

  /**
   * Verifies a token.
   *
   * @throws {PatronusError} `token_expired` or `token_invalid`
   */
  async verify(token: KeyedToken): Promise<JsonObject> {
    if (isEdwards(token.algorithm)) return this.verifyEdwards(token);
    const outcome = await runStrategy(this.strategy, token);
    if ('challenge' in outcome) throw refusal(outcome.challenge);
    if (!isJsonObject(outcome.user)) throw invalid('no claims');
    return outcome.user;
  }

  private async verifyEdwards({ token, key, algorithm }: KeyedToken): Promise<JsonObject> {
    const { issuer, clockTolerance } = this.options;
    try {
      const verified = await jwtVerify(token, key, {
        issuer,
        clockTolerance,
        algorithms: [algorithm],
      });
      return verified.payload;
    } catch (error) {
      throw refusal(error);
    }
  }
}
