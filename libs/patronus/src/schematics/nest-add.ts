import { readFileSync } from 'node:fs';
import { DEV_AUDIENCE, DEV_ISSUER } from '../command/dev-idp/dev-defaults.js';
import { requireText } from '../errors/require-option.js';
import { isJsonObject } from '../identity/json-object.js';
import { requireSecureUrl } from '../identity/secure-url.js';
import { addDependency } from './add-dependency.js';
import { wireModule } from './wire-module.js';

/** Members of a schematic's `Tree` that are used here. The devkit comes with the Nest CLI only. */
export interface ProjectTree {
  exists(path: string): boolean;
  readText(path: string): string;
  overwrite(path: string, content: string): void;
}

/** Members of a `SchematicContext` that are used here. */
export interface SchematicLog {
  readonly logger: { info(message: string): void; warn(message: string): void };
}

/** Options of `nest add @patronus/nestjs`; see `schematics/nest-add.schema.json`. */
export interface NestAddOptions {
  /** Folder of the sources. Default: `src`. */
  readonly sourceRoot?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

const CLS = 'nestjs-cls';

const MANIFEST = 'package.json';

/** Matches Nest 11, with which `nestjs-cls` 7 does not start. */
const NEST_11 = /"@nestjs\/core":\s*"[^\d"]*11\./;

/**
 * Returns the range of the library's own peer dependency that fits the Nest of a `package.json`.
 */
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
 * Implements `nest add @patronus/nestjs`: adds `PatronusModule.forRoot()` to the AppModule, and
 * `nestjs-cls` to `package.json`. It changes both files or neither, and nothing the second time.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
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
      logger.warn(
        `${unread} is not as nest new creates it, so nothing was changed. See the README.`,
      );
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
