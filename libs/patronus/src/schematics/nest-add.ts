import { readFileSync } from 'node:fs';
import { DEV_AUDIENCE, DEV_ISSUER } from '../command/dev-idp/dev-defaults.js';
import { requireText } from '../errors/require-option.js';
import { isJsonObject } from '../identity/json-object.js';
import { requireSecureUrl } from '../identity/secure-url.js';
import { addDependency } from './add-dependency.js';
import { wireModule } from './wire-module.js';

/** The part of a schematic's `Tree` that is used; the devkit comes with the Nest CLI only. */
export interface ProjectTree {
  exists(path: string): boolean;
  readText(path: string): string;
  overwrite(path: string, content: string): void;
}

/** The part of a `SchematicContext` that is used. */
export interface SchematicLog {
  readonly logger: { info(message: string): void; warn(message: string): void };
}

/** The options of `nest add @patronus/nestjs`; see `schematics/nest-add.schema.json`. */
export interface NestAddOptions {
  /** Default: `src`. */
  readonly sourceRoot?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

const CLS = 'nestjs-cls';

const MANIFEST = 'package.json';

/** `nestjs-cls` 7 does not start with Nest 11. */
const NEST_11 = /"@nestjs\/core":\s*"[^\d"]*11\./;

/** The range of the library's own peer dependency that fits the Nest of a `package.json`. */
function clsRange(manifest: string): string {
  const own: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const peers = isJsonObject(own) ? own['peerDependencies'] : undefined;
  const range = isJsonObject(peers) ? String(peers[CLS]) : '*';
  const [forNest11 = range, forNest12 = range] = range.split(' || ');
  return NEST_11.test(manifest) ? forNest11 : forNest12;
}

const readText = (tree: ProjectTree, path: string): string =>
  tree.exists(path) ? tree.readText(path) : '';

function nextSteps(path: string): string {
  return [
    'Every route needs a token now. Next:',
    '',
    '  npx patronus dev-idp',
    '  curl -H "Authorization: Bearer $(npx patronus token --user ana)" http://localhost:3000',
    '',
    `Before production, name your own issuer and audience in ${path}.`,
  ].join('\n');
}

/**
 * What `nest add @patronus/nestjs` does: `PatronusModule.forRoot()` in the AppModule, `nestjs-cls`
 * in `package.json`. It changes both files or none, and nothing the second time.
 *
 * @throws {PatronusConfigurationError} where an option is wrong
 */
export function nestAdd(options: NestAddOptions) {
  const issuer = requireSecureUrl('issuer', options.issuer ?? DEV_ISSUER);
  const audience = requireText('audience', options.audience ?? DEV_AUDIENCE, 'Name your API.');
  const path = `${options.sourceRoot ?? 'src'}/app.module.ts`;

  return (tree: ProjectTree, { logger }: SchematicLog): void => {
    const [source, manifest] = [readText(tree, path), readText(tree, MANIFEST)];
    const wired = wireModule(source, { issuer, audience });
    const depending = addDependency(manifest, CLS, clsRange(manifest));
    if (wired === undefined || depending === undefined) {
      const unread = wired === undefined ? path : MANIFEST;
      logger.warn(`${unread} is not as nest new makes it, so nothing was changed. See the README.`);
      return;
    }
    if (depending !== manifest) {
      tree.overwrite(MANIFEST, depending);
      logger.info(`${CLS} is in ${MANIFEST} now: install it (npm install).`);
    }
    if (wired === source) return logger.info(`${path} has PatronusModule already.`);
    tree.overwrite(path, wired);
    logger.info(nextSteps(path));
  };
}
