import { VERSION_NEUTRAL, VersioningType, type VersioningOptions } from '@nestjs/common';
import type { BoundHandler } from '../../transport/handler-explorer.js';

/**
 * Distinguishes handlers of one path by the version that a request asks for, if the path does not
 * contain it.
 */
export class VersionFilter {
  readonly #asked: readonly string[];

  constructor(
    private readonly options: VersioningOptions | undefined,
    headers: Readonly<Record<string, string>>,
  ) {
    this.#asked = options === undefined ? [] : askedVersions(options, headers);
  }

  /**
   * Returns true if the handler answers this version. A handler without a version answers all of
   * them.
   */
  admits({ owner, handler }: BoundHandler): boolean {
    if (this.options === undefined || this.options.type === VersioningType.URI) return true;
    const own: unknown = Reflect.getMetadata('__version__', handler);
    const version: unknown =
      own ?? Reflect.getMetadata('__version__', owner) ?? this.options.defaultVersion;
    if (version === undefined) return true;
    const versions: readonly unknown[] = Array.isArray(version) ? version : [version];
    if (version === VERSION_NEUTRAL) return true;
    if (this.#asked.length === 0) return versions.includes(VERSION_NEUTRAL);
    return this.#asked.some((one) => versions.includes(one));
  }
}

function askedVersions(
  options: VersioningOptions,
  headers: Readonly<Record<string, string>>,
): readonly string[] {
  if (options.type === VersioningType.HEADER) {
    const asked = headers[options.header.toLowerCase()]?.trim();
    return asked === undefined || asked === '' ? [] : [asked];
  }
  if (options.type === VersioningType.MEDIA_TYPE) {
    const parts = (headers['accept'] ?? '').split(';').map((part) => part.trim());
    const part = parts.find((one) => one.startsWith(options.key));
    return part === undefined ? [] : [part.slice(options.key.length)];
  }
  if (options.type === VersioningType.CUSTOM) {
    return [options.extractor({ headers })].flat().filter((one) => one !== '');
  }
  return [];
}
