import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type VersioningOptions,
} from '@nestjs/common';
import { VersionFilter } from './version-filter.js';

@Controller({ path: 'notes', version: '1' })
class NotesController {
  @Get() first() {}
  @Version(['2', '3']) @Get() later() {}
  @Version(VERSION_NEUTRAL) @Get() any() {}
}

@Controller('plain')
class PlainController {
  @Get() plain() {}
}

const HEADER: VersioningOptions = { type: VersioningType.HEADER, header: 'X-Version' };
const MEDIA_TYPE: VersioningOptions = { type: VersioningType.MEDIA_TYPE, key: 'v=' };
const CUSTOM: VersioningOptions = {
  type: VersioningType.CUSTOM,
  extractor: (request) => String(Object(request).headers['x-versions']).split(','),
};

/** Returns the handlers that a request reaches. */
function reached(
  options: VersioningOptions | undefined,
  headers: Readonly<Record<string, string>> = {},
): readonly string[] {
  const filter = new VersionFilter(options, headers);
  const all = [
    [NotesController, NotesController.prototype.first],
    [NotesController, NotesController.prototype.later],
    [NotesController, NotesController.prototype.any],
    [PlainController, PlainController.prototype.plain],
  ] as const;
  return all
    .filter(([owner, handler]) =>
      filter.admits({ type: 'http', owner, handler, name: '', calls: [] }),
    )
    .map(([, handler]) => handler.name);
}

describe('VersionFilter', () => {
  it('admits every handler where the path holds the version, or there are none', () => {
    const all = ['first', 'later', 'any', 'plain'];
    expect(reached(undefined)).toEqual(all);
    expect(reached({ type: VersioningType.URI })).toEqual(all);
  });

  it.each([
    ['a header', HEADER, { 'x-version': ' 2 ' }],
    ['a media type', MEDIA_TYPE, { accept: 'application/json; v=2' }],
    ['a function of the application', CUSTOM, { 'x-versions': '9,2' }],
  ])('admits the version that a request asks for in %s', (_where, options, headers) => {
    expect(reached(options, headers)).toEqual(['later', 'any', 'plain']);
  });

  it.each([
    ['a header', HEADER, { 'x-version': '' }],
    ['no header', HEADER, {}],
    ['a media type', MEDIA_TYPE, { accept: 'application/json' }],
    ['no media type', MEDIA_TYPE, {}],
    ['a function of the application', CUSTOM, { 'x-versions': '' }],
  ])(
    'admits only neutral handlers if a request asks for none, with %s',
    (_how, options, headers) => {
      expect(reached(options, headers)).toEqual(['any', 'plain']);
    },
  );

  it('gives handlers without a version the default one', () => {
    const options: VersioningOptions = { ...HEADER, defaultVersion: ['1', VERSION_NEUTRAL] };
    expect(reached(options, { 'x-version': '2' })).toEqual(['later', 'any']);
    expect(reached(options, { 'x-version': '1' })).toEqual(['first', 'any', 'plain']);
    expect(reached(options)).toEqual(['any', 'plain']);
  });
});
