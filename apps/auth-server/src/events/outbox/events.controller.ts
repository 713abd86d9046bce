import { Controller, Get, Head, Headers, Res } from '@nestjs/common';
import {
  ApiExcludeEndpoint,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { CurrentUser, Identity, RequireScopes } from '@patronus/nestjs';
import type { Response } from 'express';
import { PlatformError } from '../../operation/http/errors.js';
import { EventStreams } from './event-streams.js';
import { EVENTS_SCOPE } from './stream-ports.js';

/**
 * The events of the platform, for the applications of its operator. `@Sse()` of NestJS is not used, because it
 * neither waits for slow receivers nor answers with an error after it has begun.
 */
@ApiTags('Events')
@Controller('api/v1/events')
@RequireScopes(EVENTS_SCOPE)
export class EventsController {
  constructor(private readonly streams: EventStreams) {}

  /** Answers without a stream. Express would pass the request to the handler of `GET`. */
  @Head()
  @ApiExcludeEndpoint()
  probe(): void {}

  @Get()
  @ApiOperation({
    summary: 'Sends events as they happen',
    description:
      'Server-sent events. The access token is that of a client that acts for itself, with the scope `events.read`. ' +
      'Comments show every 300 ms that nothing was missed.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description:
      'The `id` of the last event that was received. Without it, and if it is older than a day, the answer begins with `reset` and all revocations in force.',
  })
  @ApiOkResponse({
    description: 'The events. The stream ends with the access token.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiTooManyRequestsResponse({ description: 'The client has too many streams.' })
  @ApiServiceUnavailableResponse({ description: 'Try again after `Retry-After` seconds.' })
  async read(
    @CurrentUser() reader: Identity,
    @Res() response: Response,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    // No person is given the scope. If one had it, the stream would outlive the session.
    if (reader.claims['client_id'] !== reader.id) throw new PlatformError('forbidden');
    await this.streams.open(response, reader, lastEventId);
  }
}
