import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Logger, type INestApplicationContext, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer, NestFactory } from '@nestjs/core';
import { hasRule } from '../../authorization/rules/route-rule.js';
import { RuleRegistry } from '../../authorization/rules/rule-registry.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { withinDeadline } from '../../identity/deadline.js';
import { isJsonObject, member } from '../../identity/json-object.js';
import { HandlerExplorer } from '../../transport/handler-explorer.js';
import { CommandError } from '../command.error.js';
import type { ApplicationReference } from './application-reference.js';

/** Timeout for the creation of the application's providers, in seconds. */
const TIMEOUT_SECONDS = 60;

/** Package whose absence makes Nest's own loader exit the process silently. */
const DEFAULT_ADAPTER = '@nestjs/platform-express';

/** Application that a command inspects. */
export interface LoadedApplication {
  readonly app: INestApplicationContext;
  /** True if it was created from a module, without the changes that `main.ts` makes. */
  readonly isModuleAlone: boolean;
}

/**
 * Creates the user's application with its providers. It does not listen.
 *
 * @param withHooks - true to run its lifecycle hooks, such as `onModuleInit`. They may start to
 * process queues, so they run only on request.
 * @throws {CommandError} if there is none, or it does not start
 * @throws {PatronusConfigurationError} if the options of the library are wrong
 */
export async function loadApplication(
  reference: ApplicationReference,
  withHooks: boolean,
): Promise<LoadedApplication> {
  const exported = await importExport(reference);
  Logger.overrideLogger(false);
  const application = await started(reference, () => make(reference, exported));
  if (!isApplication(application)) {
    throw new CommandError(
      `${reference.text} does not create a Nest application.`,
      'Name a module class, or a function that returns the result of NestFactory.create().',
    );
  }
  if (withHooks) await started(reference, () => application.init());
  requireLibrary(application, reference);
  return { app: application, isModuleAlone: isClass(exported) };
}

async function importExport({ file, name, text }: ApplicationReference): Promise<Function> {
  if (!existsSync(file)) {
    throw new CommandError(
      `There is no file for ${text}.`,
      'Build the application (npm run build), or name the file with --app file.js#Export.',
    );
  }
  const module = await importFile(file, text);
  const inside = member(module, 'default');
  const exported = member(module, name) ?? (isMembered(inside) ? member(inside, name) : undefined);
  if (typeof exported === 'function') return exported;
  const names = Object.keys(module).filter((key) => typeof module[key] === 'function');
  throw new CommandError(
    `${text}: the file exports no class and no function of that name.`,
    names.length === 0 ? 'Name another file.' : `It exports ${names.join(', ')}.`,
  );
}

async function importFile(file: string, text: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const module: unknown = await import(pathToFileURL(file).href);
    return isJsonObject(module) ? module : {};
  } catch (cause) {
    throw failure(`${text} cannot be loaded`, cause);
  }
}

async function started(
  { text }: ApplicationReference,
  work: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await withinDeadline(work(), TIMEOUT_SECONDS * 1000);
  } catch (cause) {
    if (cause instanceof PatronusConfigurationError || cause instanceof CommandError) throw cause;
    throw failure(`${text} does not start`, cause);
  }
}

async function make({ file }: ApplicationReference, exported: Function): Promise<unknown> {
  if (!isClass(exported)) return Reflect.apply(exported, undefined, []);
  try {
    createRequire(file).resolve(DEFAULT_ADAPTER);
  } catch {
    throw new CommandError(
      `${DEFAULT_ADAPTER} is not installed.`,
      'Name a function that creates the application with its own adapter: --app file.js#createApp.',
    );
  }
  return NestFactory.create(exported, { logger: false, abortOnError: false });
}

/**
 * Returns true for classes of ECMAScript 2015 and later. Nest requires them, as the library itself
 * is built.
 */
function isClass(exported: Function): exported is Type<unknown> {
  return /^class\b/.test(Function.prototype.toString.call(exported));
}

function isApplication(value: unknown): value is INestApplicationContext {
  return isMembered(value) && 'get' in value && 'resolve' in value && 'close' in value;
}

function isMembered(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}

function requireLibrary(app: INestApplicationContext, { text }: ApplicationReference): void {
  try {
    app.get(RuleRegistry, { strict: false });
  } catch {
    const marked = markedHandlers(app);
    throw new CommandError(
      marked === 0
        ? `${text} is not guarded by this copy of @patronus/nestjs.`
        : `${text} has no PatronusModule, so nothing enforces the decorators on ${marked} of its handlers: they are open to every caller.`,
      'Import PatronusModule.forRoot() in it, and run npx patronus in its own folder.',
    );
  }
}

/** Counts the handlers that have a decorator of the library, of any copy of it. */
function markedHandlers(app: INestApplicationContext): number {
  const discovery = new DiscoveryService(app.get(ModulesContainer, { strict: false }));
  const rules = new RuleRegistry(new HandlerExplorer(discovery, new MetadataScanner()));
  return rules.all().filter(({ rule }) => hasRule(rule)).length;
}

/** Builds the error. The stack of its cause is shown with `--verbose`. */
function failure(problem: string, cause: unknown): CommandError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const [line = ''] = message.split('\n');
  const error = new CommandError(
    `${problem}: ${line.replace(/[.:\s]*$/, '')}.`,
    'Start it in the usual way to see the reason, or add --verbose.',
  );
  if (cause instanceof Error && cause.stack !== undefined) error.stack = cause.stack;
  return error;
}
